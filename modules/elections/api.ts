import { compareBigints } from "#chain/bytes/compare.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { smaller } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import { type Seat, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { seatSlashed } from "./events.ts";
import { mechanismOf } from "./mechanisms.ts";
import { electionOf } from "./rule.ts";
import { bars, exclusions, roundKey, seats } from "./state.ts";
import { BONDS, putIn, takeOut } from "./urn.ts";

export { beaconClaim, beaconIsSigned, beaconMessage, seedFor } from "./beacon.ts";
export { checkElection, electionOf, itemsPerSet, setElection } from "./rule.ts";

/** Fails with (elections, 8) while the member is kept out. */
function ensureNotBarred(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey, member: string): void {
  const untilRound = bars.get(ctx, [gameId, member]) ?? 0n;
  ensure(roundId > untilRound, errors.Barred, { member, untilRound });
}

/** Puts a member with `count` items into the round's urn and locks its bond, for this round alone. */
export function enroll(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  member: { readonly address: string; readonly weight: bigint },
  count: number,
): void {
  const { address } = member;
  const election = electionOf(ctx, key);
  ensureNotBarred(ctx, key, address);
  mechanismOf(election.mechanism)?.admit(ctx, key, election);
  const bond = election.memberBond;
  bank.send(ctx, address, BONDS, rounds.game(ctx, key.gameId).denom, bond);
  const isOut = exclusions.has(ctx, [key.gameId, key.roundId, address]);
  putIn(ctx, key, { member: address, weight: isOut ? 0n : member.weight, count, bond });
}

/**
 * Keeps an account out of the round's draw: whoever trades must not choose what is traded on, nor those whose
 * money it trades with.
 */
export function exclude(ctx: WriteCtx, key: rounds.RoundKey, address: string): void {
  exclusions.set(ctx, [key.gameId, key.roundId, address], true);
  takeOut(ctx, key, address);
}

/** Keeps a slashed member out of the urns of the rounds after this one, as long as the game says. */
function bar(ctx: WriteCtx, key: rounds.RoundKey, member: string): void {
  const { gameId, roundId } = key;
  const { cooldownRounds } = electionOf(ctx, key);
  if (cooldownRounds === 0) return;
  const untilRound = roundId + BigInt(cooldownRounds);
  if (untilRound > (bars.get(ctx, [gameId, member]) ?? 0n)) bars.set(ctx, [gameId, member], untilRound);
  // It may have committed data to rounds that have opened since.
  const last = smaller(untilRound, rounds.lastRoundId(ctx, gameId));
  for (let later = roundId + 1n; later <= last; later++) takeOut(ctx, { gameId, roundId: later }, member);
}

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

/** Whether the member has labels of others to open yet. */
const owesPanel = ({ panelItems, panelHeight }: Seat): boolean => panelItems > 0 && panelHeight === 0n;

/** Whether the member has labels to open yet, its own or others'. */
export const owesLabels = (seat: Seat): boolean =>
  seat.status === SeatStatus.SEAT_STATUS_REVEALED ||
  (seat.status === SeatStatus.SEAT_STATUS_OPENED && owesPanel(seat));

/** The member's seat, on which it must label items of others; fails with (elections, 5). */
export function panelDutyOf(ctx: ReadCtx, key: rounds.RoundKey, member: string): Seat {
  const { SEAT_STATUS_REVEALED, SEAT_STATUS_OPENED } = SeatStatus;
  const seat = dutyOf(ctx, key, member, SEAT_STATUS_REVEALED, SEAT_STATUS_OPENED);
  ensure(owesPanel(seat), errors.NotElected, { member, panelItems: seat.panelItems });
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

/** Stores a seat whose member has done one more duty; with the last one the bond goes back. */
function fulfil(ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void {
  const done = !owesLabels(seat);
  if (done) payBond(ctx, key, seat);
  setStatus(ctx, key, done ? { ...seat, bond: 0n } : seat, seat.status);
}

/** Records that a member's labels are on chain. */
export function markOpened(ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void {
  assert(seat.status === SeatStatus.SEAT_STATUS_REVEALED, "labels before inputs");
  fulfil(ctx, key, { ...seat, status: SeatStatus.SEAT_STATUS_OPENED });
}

/** Makes a member whose inputs are on chain label so many items of others. */
export function seatOnPanel(ctx: WriteCtx, key: rounds.RoundKey, member: string, items: number): void {
  const seat = dutyOf(ctx, key, member, SeatStatus.SEAT_STATUS_REVEALED);
  setStatus(ctx, key, { ...seat, panelItems: items }, seat.status);
}

/** Records that a member's labels of others' items are on chain. */
export const markPanelOpened = (ctx: WriteCtx, key: rounds.RoundKey, seat: Seat): void =>
  fulfil(ctx, key, { ...seat, panelHeight: ctx.height });

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
  bar(ctx, key, seat.member);
}

/** Half of a bond goes to who proves that its member let a label out. */
const BOUNTY_DIVISOR = 2n;

/** Slashes a member on somebody's evidence, who gets half of the bond; returns that half. */
export function convict(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  seat: Seat,
  informer: string,
  why: string,
): bigint {
  const bounty = mulDiv(seat.bond, 1n, BOUNTY_DIVISOR, "down");
  bank.send(ctx, BONDS, informer, rounds.game(ctx, key.gameId).denom, bounty);
  slash(ctx, key, { ...seat, bond: seat.bond - bounty }, why);
  return bounty;
}
