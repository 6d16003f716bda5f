import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as bank from "#modules/bank/api.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import { candidates } from "#modules/elections/state.ts";
import * as markets from "#modules/markets/api.ts";
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

/** What an order has changed in its operator's purse so far. */
function changeByOrder(ctx: ReadCtx, round: Round, { operator, status, bound, fee, bond }: Order): bigint {
  switch (status) {
    case OrderStatus.ORDER_STATUS_REFUNDED:
      return 0n;
    case OrderStatus.ORDER_STATUS_FORFEITED: {
      const proofMissing = markets
        .ordersOf(ctx, round)
        .some((each) => each.operator === operator && each.reason === "proof missing");
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

/** What a round's duties have changed in a member's purse so far. */
function changeByDuty(ctx: ReadCtx, round: Round, address: string): bigint {
  const seats = elections.seatsOf(ctx, round);
  const seat = seats.find(({ member }) => member === address);
  if (!seat) return -(candidates.get(ctx, [round.gameId, round.roundId, address])?.bond ?? 0n);
  if (seat.status === SeatStatus.SEAT_STATUS_SLASHED) return -MEMBER_BOND;
  const isPaid = round.phase === Phase.PHASE_DONE || round.endedHeight > 0n;
  const earned = seat.status === SeatStatus.SEAT_STATUS_OPENED && isPaid && round.phase !== Phase.PHASE_VOID;
  if (!earned) return -seat.bond;
  const { panel } = elections.electionOf(ctx, round);
  const pay =
    panel > 0 ? panelPay(ctx, round, seats, address, panel) : REWARD_PER_ITEM * BigInt(seat.selected.length);
  return pay - seat.bond;
}

/** What somebody must hold: what it began with, paid and got outside, and every round it was in. */
export function explained(
  ctx: ReadCtx,
  address: string,
  rounds: readonly Round[],
  began: bigint,
  outside: bigint,
): bigint {
  let held = began + outside;
  for (const round of rounds) {
    held += changeByDuty(ctx, round, address);
    for (const order of markets.ordersOf(ctx, round))
      if (order.operator === address) held += changeByOrder(ctx, round, order);
  }
  return held;
}

/** What somebody does hold, with the profits that it is still to be paid. */
export function held(ctx: ReadCtx, address: string): bigint {
  let sum = bank.balance(ctx, address, DENOM);
  for (const [, { operator, left }] of vests.all(ctx)) if (operator === address) sum += left;
  return sum;
}
