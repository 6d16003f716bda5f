import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { Query } from "#proto/gen/iterum/community.ts";
import { membersOf } from "./api.ts";
import { errors } from "./errors.ts";
import { ruleOf } from "./rule.ts";
import { claims, members, stakes, totals } from "./state.ts";
import { ANY_AGE, ageHeight, weightSince } from "./weight.ts";

export const answers: Answers<typeof Query> = {
  member: (ctx, { gameId, address }) => {
    ensure(parseAddress(address), errors.NotMember, { gameId });
    const member = members.get(ctx, [gameId, address]);
    ensure(member, errors.NotMember, { gameId, address });
    return { member };
  },
  members: (ctx, { gameId }) => ({ members: [...membersOf(ctx, gameId)] }),
  rule: (ctx, { gameId }) => ({
    rule: ruleOf(ctx, gameId),
    total: totals.get(ctx, gameId) ?? { gameId, members: 0n, weight: 0n },
  }),
  standing: (ctx, { gameId, address }) => {
    ensure(parseAddress(address), errors.NotMember, { gameId });
    return {
      weight: weightSince(ctx, gameId, address, ageHeight(ctx, gameId)),
      weightOfAge: weightSince(ctx, gameId, address, ANY_AGE),
      stake: stakes.get(ctx, [gameId, address]),
      claim: claims.get(ctx, [gameId, address]),
    };
  },
};
