import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgAddMembers, MsgAddMembersResponse } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { listed } from "./kinds.ts";
import { checkListings, list } from "./listing.ts";
import { ruleOfKind } from "./rule.ts";

/** Lists members by a decision of the community; those that it has get the weight that is given. */
export const addMembers: Handler<MsgAddMembers, MsgAddMembersResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ gameId }) => gameId,
  check: ({ members }) => {
    ensure(members.length > 0, errors.BadListing, { members: 0 });
    checkListings(members);
  },
  run: (ctx, { gameId, members }) => {
    ruleOfKind(ctx, gameId, listed);
    list(ctx, gameId, members);
    return {};
  },
};
