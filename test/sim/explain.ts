import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as bank from "#modules/bank/api.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import { candidates, emptying, roundKey } from "#modules/elections/state.ts";
import * as markets from "#modules/markets/api.ts";
import { refunding } from "#modules/markets/state.ts";
import { vests } from "#modules/vesting/state.ts";
import { type Seat, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";

const MEMBER_BOND = 500n * TOKEN;
const OPERATOR_BOND = 100n * TOKEN;
const REWARD_PER_ITEM = TOKEN;
const PPM = 1_000_000n;
/** What who proves that a label was let out has got. */
export const BOUNTY = MEMBER_BOND / 2n;

/** What an order, or what somebody holds, has changed in its operator's purse so far. */
function changeByOrder(ctx: ReadCtx, round: Round, all: readonly Order[], order: Order): bigint {
  const { operator, status, bound, fee, bond, shares, payout } = order;
  // Fees of trades are part of what was paid in.
  if (shares.length > 0) return status === OrderStatus.ORDER_STATUS_HOLDING ? -bound : payout - bound;
  switch (status) {
    case OrderStatus.ORDER_STATUS_REFUNDED:
      return 0n;
    case OrderStatus.ORDER_STATUS_FORFEITED: {
      const proofMissing = all.some((each) => each.operator === operator && each.reason === "proof missing");
      return -bound - fee - (proofMissing ? OPERATOR_BOND : 0n);
    }
    case OrderStatus.ORDER_STATUS_SETTLED: {
      const result = markets.outcomeOf(ctx, round).results.find((each) => each.operator === operator);
      return (result?.payout ?? 0n) - (result?.deposit ?? 0n) - fee;
    }
    default:
      return -bound - fee - bond;
  }
}

/** Who gave which label to each item: author and panel, those alone whose every duty is done. */
function labelsAt(ctx: ReadCtx, round: Round, dutiful: ReadonlySet<string>): Map<string, number>[] {
  const { items } = commitments.itemList(ctx, round);
  const sets = [...commitments.setsOf(ctx, round)];
  const sheets = [...commitments.sheetsOf(ctx, round)];
  return items.map(({ member, index }, place) => {
    const found = new Map<string, number>();
    const set = sets.find((each) => each.member === member);
    const own = set?.labels[set.items.findIndex((each) => each.index === index)];
    if (own !== undefined && dutiful.has(member)) found.set(member, own);
    for (const sheet of sheets) {
      const given = sheet.labels[sheet.places.indexOf(place)];
      if (given !== undefined && dutiful.has(sheet.member)) found.set(sheet.member, given);
    }
    return found;
  });
}

/** Pay by correlated agreement as its definition says, item by item and pair by pair. */
function panelPay(
  ctx: ReadCtx,
  round: Round,
  seats: readonly Seat[],
  address: string,
  panel: number,
): bigint {
  const opened = seats.filter(({ status }) => status === SeatStatus.SEAT_STATUS_OPENED);
  const labels = labelsAt(ctx, round, new Set(opened.map(({ member }) => member)));
  let [gain, pairs, given] = [0n, 0n, 0n];
  for (const at of labels) {
    const mine = at.get(address);
    if (mine === undefined) continue;
    given += 1n;
    for (const [peer, theirs] of at) {
      if (peer === address) continue;
      pairs += 1n;
      const elsewhere = labels.flatMap((each) => (each.has(address) ? [] : (each.get(peer) ?? [])));
      const same = BigInt(elsewhere.filter((label) => label === mine).length);
      const all = BigInt(elsewhere.length);
      gain += (theirs === mine ? PPM : 0n) - (all === 0n ? PPM : (same * PPM + all - 1n) / all);
    }
  }
  const agreement = gain > 0n ? gain / pairs : 0n;
  return (REWARD_PER_ITEM * given * agreement) / (PPM * BigInt(panel + 1));
}

/** What a seat's duties have changed in its member's purse so far. */
function changeByDuty(ctx: ReadCtx, round: Round, seats: readonly Seat[], seat: Seat): bigint {
  if (seat.status === SeatStatus.SEAT_STATUS_SLASHED) return -MEMBER_BOND;
  const isPaid = round.phase === Phase.PHASE_DONE || round.endedHeight > 0n;
  const earned = seat.status === SeatStatus.SEAT_STATUS_OPENED && isPaid && round.phase !== Phase.PHASE_VOID;
  if (!earned) return -seat.bond;
  const { panel } = elections.electionOf(ctx, round);
  const pay =
    panel > 0
      ? panelPay(ctx, round, seats, seat.member, panel)
      : REWARD_PER_ITEM * BigInt(seat.selected.length);
  return pay - seat.bond;
}

/** What a round has changed in everybody's purse so far, bounties for evidence apart. */
export function changesIn(ctx: ReadCtx, round: Round): ReadonlyMap<string, bigint> {
  const changes = new Map<string, bigint>();
  const add = (who: string, amount: bigint): void => void changes.set(who, (changes.get(who) ?? 0n) + amount);
  const orders = markets.ordersOf(ctx, round);
  for (const order of orders) add(order.operator, changeByOrder(ctx, round, orders, order));
  const seats = elections.seatsOf(ctx, round);
  for (const seat of seats) add(seat.member, changeByDuty(ctx, round, seats, seat));
  for (const [, { member, bond }] of candidates.under(ctx, roundKey, [round.gameId, round.roundId]))
    add(member, -bond);
  return changes;
}

/** Whether nothing that a round has changed can change any more. */
export function isSettled(ctx: ReadCtx, { gameId, roundId, phase }: Round): boolean {
  if (phase < Phase.PHASE_DONE || refunding.has(ctx, [gameId, roundId])) return false;
  return !emptying.has(ctx, [gameId, roundId]);
}

/** What people do hold, with the profits that they are still to be paid. */
export function held(ctx: ReadCtx, addresses: readonly string[]): ReadonlyMap<string, bigint> {
  const sums = new Map(addresses.map((address) => [address, bank.balance(ctx, address, DENOM)]));
  for (const [, { operator, left }] of vests.all(ctx)) sums.set(operator, (sums.get(operator) ?? 0n) + left);
  return sums;
}
