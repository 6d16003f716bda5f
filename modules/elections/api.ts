import { compareBigints } from "#chain/bytes/compare.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import { type Election, type Seat, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { seatSlashed } from "./events.ts";
import { candidates, elections, exclusions, roundKey, seats } from "./state.ts";

export { beaconClaim, beaconIsSigned, beaconMessage, seedFor } from "./beacon.ts";

/** Holds the members' bonds. */
export const BONDS = moduleAddress("elections");

/** The game's election rule; fails with (elections, 6). */
export function electionOf(ctx: ReadCtx, gameId: string): Election {
  const found = elections.get(ctx, gameId);
  ensure(found, errors.NoElection, { gameId });
  return found;
}

/** Most items that one elected set brings to a round. */
export function itemsPerSet({ itemsMax, committee }: Election): number {
  return Number(mulDiv(BigInt(itemsMax), 1n, BigInt(committee), "down"));
}

/** Puts a member with `count` items into the round's urn and locks its bond. */
export function enroll(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  member: { readonly address: string; readonly weight: bigint },
  count: number,
): void {
  const { memberBond } = electionOf(ctx, key.gameId);
  bank.send(ctx, member.address, BONDS, rounds.game(ctx, key.gameId).denom, memberBond);
  candidates.set(ctx, [key.gameId, key.roundId, member.address], {
    member: member.address,
    weight: member.weight,
    count,
    bond: memberBond,
  });
}

/** Keeps an account out of the round's draw: whoever trades must not choose what is traded on. */
export const exclude = (ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey, address: string): void =>
  exclusions.set(ctx, [gameId, roundId, address], true);

/** A round's seats in rank order. */
export function seatsOf(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): Seat[] {
  const found = [...seats.under(ctx, roundKey, [gameId, roundId])].map(([, seat]) => seat);
  return found.sort((a, b) => compareBigints(BigInt(a.rank), BigInt(b.rank)));
}

/** The member's seat, which must be in one of the states; fails with (elections, 5). */
export function dutyOf(
  ctx: ReadCtx,
  { gameId, roundId }: rounds.RoundKey,
  member: string,
  ...due: readonly SeatStatus[]
): Seat {
  const seat = seats.get(ctx, [gameId, roundId, member]);
  ensure(seat && due.includes(seat.status), errors.NotElected, { member, status: seat?.status ?? 0 });
  return seat;
}

function setStatus(
  ctx: WriteCtx,
  { gameId, roundId }: rounds.RoundKey,
  seat: Seat,
  status: SeatStatus,
): void {
  seats.set(ctx, [gameId, roundId, seat.member], { ...seat, status });
}

/** Records that a member's inputs are on chain. */
export const markRevealed = (ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void =>
  setStatus(ctx, key, seat, SeatStatus.SEAT_STATUS_REVEALED);

function payBond(ctx: WriteCtx, { gameId }: rounds.RoundKey, seat: Seat): void {
  bank.send(ctx, BONDS, seat.member, rounds.game(ctx, gameId).denom, seat.bond);
}

/** Records that a member's labels are on chain and returns its bond. */
export function markOpened(ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void {
  assert(seat.status === SeatStatus.SEAT_STATUS_REVEALED, "labels before inputs");
  payBond(ctx, key, seat);
  setStatus(ctx, key, { ...seat, bond: 0n }, SeatStatus.SEAT_STATUS_OPENED);
}

/** Returns the bond of a seat that has no duty left. */
export function release(ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void {
  payBond(ctx, key, seat);
  setStatus(ctx, key, { ...seat, bond: 0n }, SeatStatus.SEAT_STATUS_RELEASED);
}

/** Calls an alternate in: it must reveal in the second window. */
export const callIn = (ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void =>
  setStatus(ctx, key, seat, SeatStatus.SEAT_STATUS_CALLED);

/** Takes the bond of a member that withheld into the game's treasury, never to its rivals. */
export function slash(ctx: WriteCtx, key: rounds.RoundKey, seat: Seat, why: string): void {
  treasury.receive(ctx, key.gameId, BONDS, seat.bond, "slashed member bond");
  setStatus(ctx, key, { ...seat, bond: 0n }, SeatStatus.SEAT_STATUS_SLASHED);
  seatSlashed(ctx, { ...key, member: seat.member, amount: seat.bond, why });
}
