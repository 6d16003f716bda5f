import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Rule } from "#proto/gen/iterum/vesting.ts";
import { errors } from "./errors.ts";
import { rules } from "./state.ts";

const ROUNDS_MAX = 32;
const HOLD_ROUNDS_MAX = 32;
/** Below this, chance alone would hold the profits of honest operators. */
const SUSPICION_MIN_MILLI = 3_000;
const SUSPICION_MAX_MILLI = 1_000_000;

/** The game's rule; fails with (vesting, 2) for a game that pays profits at once. */
export function ruleOf(ctx: ReadCtx, gameId: string): Rule {
  const rule = rules.get(ctx, gameId);
  ensure(rule, errors.NoRule, { gameId: gameId.slice(0, 40) });
  return rule;
}

/** Fails with (vesting, 3) unless every figure of the rule is within its bounds. */
export function checkRule({ gameId, rounds, suspicionMilli, commonRoundsMin, holdRounds }: Rule): void {
  ensure(rounds >= 1 && rounds <= ROUNDS_MAX, errors.BadRule, { gameId, rounds });
  ensure(holdRounds >= 1 && holdRounds <= HOLD_ROUNDS_MAX, errors.BadRule, { gameId, holdRounds });
  const isLimit = suspicionMilli >= SUSPICION_MIN_MILLI && suspicionMilli <= SUSPICION_MAX_MILLI;
  ensure(isLimit, errors.BadRule, { gameId, suspicionMilli });
  ensure(commonRoundsMin >= 1 && commonRoundsMin <= ROUNDS_MAX, errors.BadRule, { gameId, commonRoundsMin });
}
