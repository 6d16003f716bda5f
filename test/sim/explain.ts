import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as bank from "#modules/bank/api.ts";
import * as elections from "#modules/elections/api.ts";
import { candidates } from "#modules/elections/state.ts";
import * as markets from "#modules/markets/api.ts";
import { operatorKey, vests } from "#modules/vesting/state.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const MEMBER_BOND = 500n * TOKEN;
const OPERATOR_BOND = 100n * TOKEN;
const REWARD_PER_ITEM = TOKEN;

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

/** What a round's duties have changed in a member's purse so far. */
function changeByDuty(ctx: ReadCtx, round: Round, address: string): bigint {
  const seat = elections.seatsOf(ctx, round).find(({ member }) => member === address);
  if (!seat) return -(candidates.get(ctx, [round.gameId, round.roundId, address])?.bond ?? 0n);
  if (seat.status === SeatStatus.SEAT_STATUS_SLASHED) return -MEMBER_BOND;
  const isPaid = round.phase === Phase.PHASE_DONE || round.endedHeight > 0n;
  const earned = seat.status === SeatStatus.SEAT_STATUS_OPENED && isPaid && round.phase !== Phase.PHASE_VOID;
  return (earned ? REWARD_PER_ITEM * BigInt(seat.selected.length) : 0n) - seat.bond;
}

/** What somebody must hold, from what it began with, the fees it paid and every round it was in. */
export function explained(
  ctx: ReadCtx,
  address: string,
  rounds: readonly Round[],
  began: bigint,
  fees: bigint,
): bigint {
  let held = began - fees;
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
  for (const [, { left }] of vests.under(ctx, operatorKey, [GAME_ID, address])) sum += left;
  return sum;
}
