import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as vesting from "#modules/vesting/api.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { type Book, giveBack, MARKETS, pay, setBook, setOrder, shareBook } from "./book.ts";
import { payCommittee } from "./committee-pay.ts";
import { orderEnded, settled } from "./events.ts";
import type { AnyShareKind } from "./kinds.ts";
import { recordShares } from "./outcome.ts";
import { outcomeShares, revealed } from "./revealed.ts";
import { holders, orders, refunding, roundKey } from "./state.ts";
import { holdingOf } from "./trade.ts";

type ShareBook = Book<AnyShareKind>;
type Leave = "redeem" | "refund";

const ENDS = {
  redeem: { status: OrderStatus.ORDER_STATUS_SETTLED, name: "SETTLED", reason: "" },
  refund: { status: OrderStatus.ORDER_STATUS_REFUNDED, name: "REFUNDED", reason: "the round is void" },
} as const;

function payHolder(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  book: ShareBook,
  operator: string,
  leave: Leave,
): { readonly state: unknown; readonly amount: bigint } {
  const row = orders.get(ctx, [key.gameId, key.roundId, operator]);
  assert(row, "a holder without its row");
  const { state, amount } = book.kind[leave](book.state, holdingOf(row));
  const { status, name, reason } = ENDS[leave];
  // What is more than came out of the holder's purse is its profit; a refund has none.
  const held = vesting.hold(ctx, key, MARKETS, operator, amount - row.bound);
  pay(ctx, key, operator, amount - held);
  holders.delete(ctx, [key.gameId, key.roundId, operator]);
  setOrder(ctx, key, { ...row, status, reason, payout: amount });
  orderEnded(ctx, {
    ...key,
    operator,
    status: name,
    paid: amount - held,
    reason: held > 0n ? "profit is held" : reason,
  });
  return { state, amount };
}

/** Pays at most `count` holders further, in address order. */
function payHolders(ctx: WriteCtx, key: rounds.RoundKey, leave: Leave, count: number): ShareBook {
  let book = shareBook(ctx, key);
  const next: string[] = [];
  for (const [[, , operator]] of holders.under(ctx, roundKey, [key.gameId, key.roundId])) {
    if (next.length === count) break;
    next.push(operator);
  }
  let { vault } = book.market;
  for (const operator of next) {
    const { state, amount } = payHolder(ctx, key, book, operator, leave);
    book = { ...book, state };
    vault -= amount;
  }
  book = { ...book, market: { ...book.market, vault } };
  setBook(ctx, book, book.state);
  return book;
}

/** How many holders the crank pays for so many item-moves: one for 32 of them, at least one. */
export const holdersFor = (moves: number): number => (moves < 32 ? 1 : moves >>> 5);

/** As SETTLE begins: fixes what every outcome comes to. */
export function closeShares(ctx: WriteCtx, key: rounds.RoundKey): void {
  const book = shareBook(ctx, key);
  const outcomesPpm = outcomeShares(revealed(ctx, key), book.market.priorPpm);
  setBook(ctx, book, book.kind.close(book.state, outcomesPpm));
}

/** Pays the next holders of a closed market, and ends it with the last one. */
export function settleShares(ctx: WriteCtx, key: rounds.RoundKey, moves: number): void {
  const book = payHolders(ctx, key, "redeem", holdersFor(moves));
  if (book.kind.outstanding(book.state).holders > 0) return;
  const { state, distribution } = book.kind.finish(book.state);
  giveBack(ctx, key, distribution.residual, "residual of the subsidy");
  giveBack(ctx, key, distribution.fees, "fees and forfeits");
  const committeePaid = payCommittee(ctx, key, book.market.committeePay);
  const found = revealed(ctx, key);
  const outcomesPpm = outcomeShares(found, book.market.priorPpm);
  const settlement = { book, revealed: found, distribution, committeePaid, outcomesPpm };
  const payouts = recordShares(ctx, key, settlement);
  setBook(ctx, book, state, { vault: 0n, committeePay: 0n, settled: true });
  settled(ctx, { ...key, payouts, returned: distribution.residual });
  rounds.finishRound(ctx, key);
}

/** Ends the market of a void round: the subsidy returns now, the crank gives back what was paid in. */
export function voidShares(ctx: WriteCtx, key: rounds.RoundKey): void {
  const book = shareBook(ctx, key);
  const { state, residual } = book.kind.void(book.state);
  const { vault, committeePay } = book.market;
  giveBack(ctx, key, residual + committeePay, "void round");
  const isEmpty = book.kind.outstanding(state).holders === 0;
  setBook(ctx, book, state, { vault: vault - residual, committeePay: 0n, settled: isEmpty });
  if (!isEmpty) refunding.set(ctx, [key.gameId, key.roundId], true);
}

/** Gives the next holders of a void market back what they paid in. */
export function refundShares(ctx: WriteCtx, key: rounds.RoundKey, moves: number): void {
  const book = payHolders(ctx, key, "refund", holdersFor(moves));
  if (book.kind.outstanding(book.state).holders > 0) return;
  setBook(ctx, book, book.state, { settled: true });
  refunding.delete(ctx, [key.gameId, key.roundId]);
}
