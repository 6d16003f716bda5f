import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { Order, Outcome } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import { orders, outcomes, roundKey } from "./state.ts";

/** A round's orders in address order. */
export const ordersOf = (ctx: ReadCtx, { gameId, roundId }: RoundKey): Order[] =>
  [...orders.under(ctx, roundKey, [gameId, roundId])].map(([, order]) => order);

/** What a settled round came to; fails with (markets, 17) before. */
export function outcomeOf(ctx: ReadCtx, { gameId, roundId }: RoundKey): Outcome {
  const found = outcomes.get(ctx, [gameId, roundId]);
  ensure(found, errors.NoOutcome, { gameId, roundId });
  return found;
}
