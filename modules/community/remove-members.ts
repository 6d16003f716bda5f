import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgRemoveMembers, MsgRemoveMembersResponse } from "#proto/gen/iterum/community.ts";
import { removeEntry } from "./entry.ts";
import { errors } from "./errors.ts";
import { listed } from "./kinds.ts";
import { checkAddresses } from "./listing.ts";
import { ruleOfKind } from "./rule.ts";
import { members } from "./state.ts";
import { changing } from "./weight.ts";

/** Takes members off the list by a decision of the community; what they owe to open rounds they still owe. */
export const removeMembers: Handler<MsgRemoveMembers, MsgRemoveMembersResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ gameId }) => gameId,
  check: ({ addresses }) => {
    ensure(addresses.length > 0, errors.BadListing, { members: 0 });
    checkAddresses(addresses);
  },
  run: (ctx, { gameId, addresses }) => {
    ruleOfKind(ctx, gameId, listed);
    for (const address of addresses) {
      const member = members.get(ctx, [gameId, address]);
      ensure(member, errors.NotMember, { gameId, address });
      changing(ctx, gameId, address, () => removeEntry(ctx, member));
    }
    return {};
  },
};
