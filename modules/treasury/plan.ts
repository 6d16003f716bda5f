import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { Plan } from "#proto/gen/iterum/treasury.ts";
import { errors } from "./errors.ts";
import { budgets, plans } from "./state.ts";

const PERIOD_BLOCKS_MAX = 10_000_000;
/** Half: the rest is the operator's. */
const FEE_SHARE_MAX_PPM = 500_000;

/** What users pay a game; nothing where its community decided nothing. */
export const planOf = (ctx: ReadCtx, gameId: string): Plan =>
  plans.get(ctx, gameId) ?? { ...Plan.zero(), gameId };

/** Fails with (treasury, 7) unless subscriptions have both a price and a period, or neither. */
export function checkPlan({ gameId, price, periodBlocks, feeSharePpm }: Plan): void {
  const both = price > 0n && periodBlocks >= 1 && periodBlocks <= PERIOD_BLOCKS_MAX;
  const neither = price === 0n && periodBlocks === 0;
  ensure(both || neither, errors.BadPlan, { gameId, price, periodBlocks });
  ensure(feeSharePpm <= FEE_SHARE_MAX_PPM, errors.BadPlan, { gameId, feeSharePpm });
}

/** Fails with (treasury, 2) for a game without a budget to pay into. */
export const ensureBudget = (ctx: ReadCtx, gameId: string): void =>
  ensure(budgets.has(ctx, gameId), errors.NoBudget, { gameId: gameId.slice(0, 40) });
