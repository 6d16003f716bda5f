import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { MarketRule } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import { rules } from "./state.ts";

/** The market rule of a round, which need not have opened; fails with (markets, 2). */
export function ruleOf(ctx: ReadCtx, { gameId, roundId }: RoundKey): MarketRule {
  const found = rules.at(ctx, gameId, roundId);
  ensure(found, errors.NoRule, { gameId });
  return found;
}
