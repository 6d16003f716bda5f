import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgSuspect, MsgSuspectResponse } from "#proto/gen/iterum/vesting.ts";
import { errors } from "./errors.ts";
import { suspected } from "./events.ts";
import { ensureAddresses, evidence } from "./evidence.ts";
import { ruleOf } from "./rule.ts";
import { holds, profits } from "./state.ts";

/**
 * Holds what an operator has not been paid yet, for so many rounds that the community can vote on it. On the
 * same pair again only after as many more common rounds as the first time needed: nobody is held for ever.
 */
export const suspect: Handler<MsgSuspect, MsgSuspectResponse> = {
  signer: ({ informer }) => informer,
  check: ({ operator, member }) => ensureAddresses(operator, member),
  run: (ctx, { gameId, operator, member }) => {
    const { commonRoundsMin, holdRounds } = ruleOf(ctx, gameId);
    const profit = evidence(ctx, gameId, operator, member);
    const { suspectedRounds } = profit;
    const isNew = suspectedRounds === 0 || profit.rounds >= suspectedRounds + commonRoundsMin;
    ensure(isNew, errors.Suspected, { operator, member, suspectedRounds });
    const untilRoundId = rounds.lastRoundId(ctx, gameId) + BigInt(holdRounds);
    holds.set(ctx, [gameId, operator], { gameId, operator, member, untilRoundId });
    profits.set(ctx, [gameId, operator, member], { ...profit, suspectedRounds: profit.rounds });
    suspected(ctx, { gameId, operator, member, untilRoundId });
    return { untilRoundId };
  },
};
