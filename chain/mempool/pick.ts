import { mulDiv } from "#chain/math/mul-div.ts";
import { heap } from "./heap.ts";
import type { PoolTx, Ranked } from "./types.ts";

const MICRO = 1_000_000n;

/** What a transaction pays for a unit of gas, in millionths of a base unit, rounded down. */
export const priceOf = ({ fee, gas }: Pick<PoolTx, "fee" | "gas">): bigint => mulDiv(fee, MICRO, gas, "down");

/**
 * What becomes of a transaction that was offered to a block: it is in; it is left out; or it is left out with
 * all behind it in its lane.
 */
export type Choice = "take" | "skip" | "close";

interface Cursor<T extends PoolTx> {
  readonly lane: readonly Ranked<T>[];
  at: number;
  /** Index of the lane's last transaction with a proof; -1 without one. */
  readonly proofAt: number;
}

const current = <T extends PoolTx>({ lane, at }: Cursor<T>): Ranked<T> => lane[at] as Ranked<T>;

function before<T extends PoolTx>(a: Cursor<T>, b: Cursor<T>): boolean {
  const [urgentA, urgentB] = [a.at <= a.proofAt, b.at <= b.proofAt];
  if (urgentA !== urgentB) return urgentA;
  const [x, y] = [current(a), current(b)];
  return x.price === y.price ? x.order < y.order : x.price > y.price;
}

/**
 * Offers transactions to a block: lanes that lead to a proof first, since a round waits for those, then by
 * price, then by arrival; each lane in its order.
 */
export function pick<T extends PoolTx>(
  lanes: Iterable<readonly Ranked<T>[]>,
  offer: (tx: T) => Choice,
): void {
  const cursors: Cursor<T>[] = [];
  for (const lane of lanes)
    if (lane.length > 0)
      cursors.push({ lane, at: 0, proofAt: lane.findLastIndex(({ tx }) => tx.prover !== undefined) });
  const heads = heap<Cursor<T>>(before, cursors);
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    if (offer(current(head).tx) === "close") continue;
    head.at += 1;
    if (head.at < head.lane.length) heads.push(head);
  }
}

/** Transactions given as a list, in lanes by sequence. */
export function lanesOf<T extends PoolTx>(txs: readonly T[]): Iterable<readonly Ranked<T>[]> {
  const lanes = new Map<string, Ranked<T>[]>();
  for (const [order, tx] of txs.entries()) {
    const lane = lanes.get(tx.lane) ?? [];
    lanes.set(tx.lane, lane);
    lane.push({ tx, price: priceOf(tx), order });
  }
  for (const lane of lanes.values())
    lane.sort((a, b) =>
      a.tx.sequence === b.tx.sequence ? a.order - b.order : a.tx.sequence < b.tx.sequence ? -1 : 1,
    );
  return lanes.values();
}
