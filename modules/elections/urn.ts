import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { larger } from "#chain/math/bounds.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Candidate, Ticket } from "#proto/gen/iterum/elections.ts";
import { add, append, type Sums } from "./fenwick.ts";
import type { WeightedUrn } from "./sortition.ts";
import { candidates, emptying, exclusions, roundKey, tickets, urnSizes } from "./state.ts";

/** Holds the members' bonds. */
export const BONDS = moduleAddress("elections");

/** Rows of urns that are over which one block clears, in all games. */
const CLEARED_PER_BLOCK = 500n;

export const urnSize = (ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): number =>
  Number(urnSizes.get(ctx, [gameId, roundId]) ?? 0n);

function ticket(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey, place: number): Ticket {
  const found = tickets.get(ctx, [gameId, roundId, BigInt(place)]);
  assert(found, "an urn without one of its tickets");
  return found;
}

/** The urn's tree as it lies in the state: one row a member, so that nothing has to walk them all. */
const sumsOf = (ctx: WriteCtx, key: rounds.RoundKey): Sums => ({
  get: (place) => ticket(ctx, key, place).sum,
  set: (place, sum) =>
    tickets.set(ctx, [key.gameId, key.roundId, BigInt(place)], { ...ticket(ctx, key, place), sum }),
});

/** The candidate with that ticket. */
export function candidateAt(ctx: ReadCtx, key: rounds.RoundKey, place: number): Candidate {
  const { member } = ticket(ctx, key, place);
  const found = candidates.get(ctx, [key.gameId, key.roundId, member]);
  assert(found, "a ticket without its candidate");
  return found;
}

/** The round's urn to draw from. */
export const urnOf = (ctx: WriteCtx, key: rounds.RoundKey): WeightedUrn => ({
  size: urnSize(ctx, key),
  sums: sumsOf(ctx, key),
  weightOf: (place) => candidateAt(ctx, key, place).weight,
});

/** Puts a candidate into the urn; of weight 0 it is there, but is not drawn. */
export function putIn(ctx: WriteCtx, key: rounds.RoundKey, candidate: Omit<Candidate, "ticket">): void {
  const { gameId, roundId } = key;
  const { member, weight } = candidate;
  const place = urnSize(ctx, key) + 1;
  tickets.set(ctx, [gameId, roundId, BigInt(place)], { member, sum: 0n });
  urnSizes.set(ctx, [gameId, roundId], BigInt(place));
  append(sumsOf(ctx, key), place, weight);
  candidates.set(ctx, [gameId, roundId, member], { ...candidate, ticket: place });
}

/** Makes a candidate one that is not drawn; nothing when there is none of this name. */
export function takeOut(ctx: WriteCtx, key: rounds.RoundKey, member: string): void {
  const candidate = candidates.get(ctx, [key.gameId, key.roundId, member]);
  if (!candidate || candidate.weight === 0n) return;
  add(sumsOf(ctx, key), urnSize(ctx, key), candidate.ticket, -candidate.weight);
  candidates.set(ctx, [key.gameId, key.roundId, member], { ...candidate, weight: 0n });
}

/** Takes a drawn candidate's rows away; its bond is the seat's from now on. */
export function seatFrom(ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey, candidate: Candidate): void {
  candidates.delete(ctx, [gameId, roundId, candidate.member]);
  tickets.delete(ctx, [gameId, roundId, BigInt(candidate.ticket)]);
}

/** Gives one urn's bonds back and clears its rows, so many at most; returns whether none are left. */
function clearSome(ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey, most: bigint): boolean {
  const { denom } = rounds.game(ctx, gameId);
  let left = most;
  for (const [, candidate] of candidates.under(ctx, roundKey, [gameId, roundId])) {
    if (left === 0n) return false;
    bank.send(ctx, BONDS, candidate.member, denom, candidate.bond);
    seatFrom(ctx, { gameId, roundId }, candidate);
    left -= 1n;
  }
  for (const [key] of exclusions.under(ctx, roundKey, [gameId, roundId])) {
    if (left === 0n) return false;
    exclusions.delete(ctx, key);
    left -= 1n;
  }
  return true;
}

/** After the draw: the urn is cleared from now on, a bounded piece a block. */
export const endUrn = (ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey): void => {
  emptying.set(ctx, [gameId, roundId], true);
  urnSizes.delete(ctx, [gameId, roundId]);
};

/** Gives bonds back to those who were not drawn. Every urn has the same part of a block. */
export function clearUrns(ctx: WriteCtx): void {
  const over = [...emptying.all(ctx)].map(([key]) => key);
  const each = larger(floorDiv(CLEARED_PER_BLOCK, larger(BigInt(over.length), 1n)), 1n);
  for (const [gameId, roundId] of over)
    if (clearSome(ctx, { gameId, roundId }, each)) emptying.delete(ctx, [gameId, roundId]);
}
