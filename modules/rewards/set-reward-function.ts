import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgSetRewardFunction, MsgSetRewardFunctionResponse } from "#proto/gen/iterum/rewards.ts";
import { errors } from "./errors.ts";
import { rewardFunctionSet } from "./events.ts";
import { functionChanged } from "./hooks.ts";
import { addRule } from "./rule.ts";
import { rules } from "./state.ts";

/** Rules of one game that may wait for rounds that have not opened. */
const AHEAD_MAX = 8;

/** Waiting rules of the game, but for the one of the round itself. */
function waiting(ctx: ReadCtx, gameId: string, lastRoundId: bigint, fromRound: bigint): number {
  let count = 0;
  for (const [[, from]] of rules.under(ctx, textKey, gameId)) {
    if (from <= lastRoundId) break;
    if (from !== fromRound) count++;
  }
  return count;
}

/**
 * Changes how a game counts labels and scores models from a round on that has not opened yet; replaces a rule
 * that waits for the same round. Rounds before it keep their own.
 */
export const setRewardFunction: Handler<MsgSetRewardFunction, MsgSetRewardFunctionResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ rule }) => rule?.gameId ?? "",
  check: ({ rule }) => ensure(rule, errors.BadRule, { missing: "rule" }),
  run: (ctx, { rule }) => {
    assert(rule, "a message that was not checked");
    const { gameId, fromRound, builtin } = rule;
    rounds.game(ctx, gameId);
    const last = rounds.lastRoundId(ctx, gameId);
    ensure(fromRound > last, errors.RoundOpened, { gameId, fromRound, last });
    ensure(waiting(ctx, gameId, last, fromRound) < AHEAD_MAX, errors.TooManyAhead, { gameId });
    const { programHash } = addRule(ctx, rule);
    ctx.fire(functionChanged, { gameId, fromRound });
    rewardFunctionSet(ctx, { gameId, fromRound, builtin, programHash });
    return { programHash };
  },
};
