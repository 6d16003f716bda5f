import { compareBytes } from "#chain/bytes/compare.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { predictionMin } from "#chain/math/transform.ts";
import type { Address, Order, Placement } from "./kind.ts";
import { kindErrors } from "./kind-errors.ts";
import { largestBounds } from "./largest-bounds.ts";
import { predictionOf } from "./order-predictions.ts";
import type { Book, Position, Terms } from "./order-state.ts";
import { feeOn } from "./param-rules.ts";

const NO_BYTES = new Uint8Array();

/** An open book whose vault holds the subsidy. */
export const emptyBook = <P extends Terms>(params: P, subsidy: bigint): Book<P> => ({
  params,
  phase: "open",
  subsidy,
  positions: [],
  seed: NO_BYTES,
});

const placementOf = (position: Position): Placement => ({
  operator: position.operator,
  orderHash: position.orderHash,
  bound: position.bound,
});

/**
 * The bound to lock and ⌈feePpm·bound⌉; refuses a second order, a bound out of range or one too small for a
 * slot.
 */
export function admit(s: Book<Terms>, placement: Placement): { readonly lock: bigint; readonly fee: bigint } {
  assert(s.phase === "open", "an order came after the close");
  const { operator, bound, orderHash } = placement;
  const { depositMin, depositMax, feePpm, ordersMax } = s.params;
  assert(orderHash.length === 32, "an order hash has 32 bytes");
  ensure(bound >= depositMin && bound <= depositMax, kindErrors.BoundRefused, {
    bound,
    depositMin,
    depositMax,
  });
  ensure(!s.positions.some((held) => held.operator === operator), kindErrors.OperatorHasOrder);
  const isAmongLargest = largestBounds([...s.positions, placement], ordersMax).stay.includes(placement);
  ensure(isAmongLargest, kindErrors.SlotsTaken, { bound });
  return { lock: bound, fee: feeOn(feePpm, bound) };
}

const byHash = (a: Position, b: Position): number =>
  compareBytes(a.orderHash, b.orderHash) || compareBytes(utf8(a.operator), utf8(b.operator));

/** Takes the order in; where all slots were taken, the smallest bound leaves. */
export function apply<S extends Book<Terms>>(
  s: S,
  placement: Placement,
): { readonly state: S; readonly displaced: readonly Placement[] } {
  const { fee } = admit(s, placement);
  const { operator, orderHash, bound } = placement;
  const added: Position = { operator, orderHash, bound, fee, deposit: 0n, gain: 0n, isForfeited: false };
  const { stay, leave } = largestBounds([...s.positions, added], s.params.ordersMax);
  return { state: { ...s, positions: stay.sort(byHash) }, displaced: leave.map(placementOf) };
}

function livePosition(s: Book<Terms>, operator: Address): Position {
  const found = s.positions.find((position) => position.operator === operator && !position.isForfeited);
  ensure(found, kindErrors.OrderUnknown, { operator });
  return found;
}

/**
 * Refuses terms of another order, a deposit out of range and, in a game with open orders, one below the
 * bound.
 */
export function checkOrder(s: Book<Terms>, order: Order): void {
  const { bound, orderHash } = livePosition(s, order.operator);
  ensure(compareBytes(orderHash, order.orderHash) === 0, kindErrors.OrderUnknown, {
    operator: order.operator,
  });
  const least = s.params.sealed ? s.params.depositMin : bound;
  ensure(order.deposit >= least && order.deposit <= bound, kindErrors.DepositRefused, {
    deposit: order.deposit,
    bound,
  });
}

/** Refuses predictions unless they give every class of every item at least ⌈clip·65535⌉. */
export function checkPredictions(s: Book<Terms>, items: number, predictions: ArrayLike<number>): void {
  const { classes, clipPpm } = s.params;
  ensure(predictions.length === items * (classes - 1), kindErrors.PredictionsRefused, { items });
  const least = BigInt(predictionMin(clipPpm, classes));
  for (let item = 0; item < items; item++)
    for (const q of predictionOf(predictions, item, classes))
      ensure(q >= least, kindErrors.PredictionsRefused, { item });
}

/** Forfeits the bound and the fee of an order, until settlement begins. */
export function drop<S extends Book<Terms>>(s: S, operator: Address): S {
  assert(s.phase === "open" || s.phase === "closed", "an order was dropped after settlement began");
  const dropped = livePosition(s, operator);
  const positions = s.positions.map((held) => (held === dropped ? { ...held, isForfeited: true } : held));
  return { ...s, positions };
}

/** Fixes deposits and the seed of the turns. The orders must be those of all live positions, in any order. */
export function close<S extends Book<Terms>>(s: S, orders: readonly Order[], seed: Uint8Array): S {
  assert(s.phase === "open", "the market is closed already");
  assert(seed.length === 32, "a seed has 32 bytes");
  const deposits = new Map<Address, bigint>();
  for (const order of orders) {
    checkOrder(s, order);
    deposits.set(order.operator, order.deposit);
  }
  const live = s.positions.filter((position) => !position.isForfeited);
  assert(
    deposits.size === orders.length && orders.length === live.length,
    "one opened order a live position",
  );
  const positions = s.positions.map((held) => ({ ...held, deposit: deposits.get(held.operator) ?? 0n }));
  return { ...s, phase: "closed", positions, seed };
}
