import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { Order, Outcome, QueryOrdersRequest, QueryOrdersResponse } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import { orders, outcomes, roundKey } from "./state.ts";

/** A round's orders in address order. */
export const ordersOf = (ctx: ReadCtx, { gameId, roundId }: RoundKey): Order[] =>
  [...orders.under(ctx, roundKey, [gameId, roundId])].map(([, order]) => order);

const PAGE_MAX = 100;

/** A page of a round's orders in address order; fails with (markets, 4) when it begins after no address. */
export function answerOrders(ctx: ReadCtx, request: QueryOrdersRequest): QueryOrdersResponse {
  const { gameId, roundId, afterOperator, limit } = request;
  const isStart = afterOperator === "";
  const isAddress = isStart || parseAddress(afterOperator) !== undefined;
  ensure(isAddress, errors.NoOrder, { afterOperator: afterOperator.slice(0, 80) });
  const after = isStart ? undefined : ([gameId, roundId, afterOperator] as const);
  const most = limit === 0 || limit > PAGE_MAX ? PAGE_MAX : limit;
  const found: Order[] = [];
  for (const [, order] of orders.under(ctx, roundKey, [gameId, roundId], after)) {
    found.push(order);
    if (found.length === most) break;
  }
  return { orders: found };
}

/** What a settled round came to; fails with (markets, 17) before. */
export function outcomeOf(ctx: ReadCtx, { gameId, roundId }: RoundKey): Outcome {
  const found = outcomes.get(ctx, [gameId, roundId]);
  ensure(found, errors.NoOutcome, { gameId, roundId });
  return found;
}
