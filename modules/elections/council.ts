import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Handler, invariant } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as community from "#modules/community/api.ts";
import type {
  CouncilVote,
  MsgVoteCouncil,
  MsgVoteCouncilResponse,
  Nominee,
} from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { councilVoted } from "./events.ts";
import { councilVotes, endedTerms, standings, tallies, termKey, terms } from "./state.ts";

/** Nominees of one game that a draw or a query looks at. */
const NOMINEES_MAX = 1_024;
/** What a tally holds at most. */
const VOTES_MAX = (1n << 64n) - 1n;
/** Rows of votes that count no more which one block clears, in all games. */
const CLEARED_PER_BLOCK = 500;

/** A game and the number of its term: votes of the terms before count for nothing. */
type Term = readonly [gameId: string, term: bigint];

const termOf = (ctx: ReadCtx, gameId: string): Term => [gameId, terms.get(ctx, gameId) ?? 0n];

/** Who has votes in the game, most first, ties in address order; the first 1,024. */
export function* nominees(ctx: ReadCtx, gameId: string): Iterable<Nominee> {
  let count = 0;
  for (const [[, votes, nominee]] of standings.under(ctx, termKey, termOf(ctx, gameId))) {
    if (++count > NOMINEES_MAX) return;
    yield { nominee, votes };
  }
}

/** The votes that count, in the order of games and voters. */
export function* votesThatCount(ctx: ReadCtx): Iterable<{ readonly gameId: string; vote: CouncilVote }> {
  for (const [[[gameId, term]], vote] of councilVotes.all(ctx))
    if (term === termOf(ctx, gameId)[1]) yield { gameId, vote };
}

function setTally(ctx: WriteCtx, term: Term, nominee: string, votes: bigint): void {
  const before = tallies.get(ctx, [term, nominee]) ?? 0n;
  if (before > 0n) standings.delete(ctx, [term, before, nominee]);
  if (votes > 0n) {
    tallies.set(ctx, [term, nominee], votes);
    standings.set(ctx, [term, votes, nominee], true);
  } else tallies.delete(ctx, [term, nominee]);
}

const tally = (ctx: ReadCtx, term: Term, nominee: string): bigint => tallies.get(ctx, [term, nominee]) ?? 0n;

/** Takes a member's vote back, if it has given one. */
function withdrawVote(ctx: WriteCtx, gameId: string, voter: string): void {
  const term = termOf(ctx, gameId);
  const before = councilVotes.get(ctx, [term, voter]);
  if (!before) return;
  setTally(ctx, term, before.nominee, tally(ctx, term, before.nominee) - before.weight);
  councilVotes.delete(ctx, [term, voter]);
}

function countVote(ctx: WriteCtx, gameId: string, vote: CouncilVote): void {
  const term = termOf(ctx, gameId);
  const votes = tally(ctx, term, vote.nominee) + vote.weight;
  ensure(votes <= VOTES_MAX, errors.BadVote, { nominee: vote.nominee });
  setTally(ctx, term, vote.nominee, votes);
  councilVotes.set(ctx, [term, vote.voter], vote);
}

/** Counts a vote of genesis; fails with (elections, 7) where its voter counts for less, or votes twice. */
export function restoreVote(ctx: WriteCtx, gameId: string, vote: CouncilVote): void {
  const { voter, nominee, weight } = vote;
  const areAddresses = parseAddress(voter) !== undefined && parseAddress(nominee) !== undefined;
  ensure(areAddresses, errors.BadGenesis, { gameId, vote: "of no address" });
  const isHeld = weight > 0n && weight <= community.weightOf(ctx, gameId, voter);
  const isFirst = !councilVotes.has(ctx, [termOf(ctx, gameId), voter]);
  ensure(isHeld && isFirst, errors.BadGenesis, { gameId, voter, weight });
  countVote(ctx, gameId, vote);
}

/** Gives a member's weight to one nominee of the council, instead of the one before; to nobody for "". */
export const voteCouncil: Handler<MsgVoteCouncil, MsgVoteCouncilResponse> = {
  signer: (msg) => msg.voter,
  check: ({ nominee }) => ensure(nominee === "" || parseAddress(nominee), errors.BadVote),
  run: (ctx, { voter, gameId, nominee }) => {
    const { weight } = community.activeMember(ctx, gameId, voter);
    if (nominee !== "") community.activeMember(ctx, gameId, nominee);
    withdrawVote(ctx, gameId, voter);
    if (nominee !== "") countVote(ctx, gameId, { voter, nominee, weight });
    councilVoted(ctx, { gameId, voter, nominee, weight });
    return {};
  },
};

/** A vote counts for no more than its voter does from now on, and for nothing once it has left. O(1). */
export function lowerVote(
  ctx: WriteCtx,
  { gameId, member: voter, weight }: { gameId: string; member: string; weight: bigint },
): void {
  const vote = councilVotes.get(ctx, [termOf(ctx, gameId), voter]);
  if (!vote || vote.weight <= weight) return;
  withdrawVote(ctx, gameId, voter);
  if (weight > 0n) countVote(ctx, gameId, { ...vote, weight });
  councilVoted(ctx, { gameId, voter, nominee: weight > 0n ? vote.nominee : "", weight });
}

/** No vote of the game counts any more, at once, however many there are. */
export function endTerm(ctx: WriteCtx, { gameId }: { gameId: string }): void {
  const [, term] = termOf(ctx, gameId);
  endedTerms.set(ctx, [gameId, term], true);
  terms.set(ctx, gameId, term + 1n);
}

/** Clears rows of terms that are over, so many at most in a block. */
export function clearTerms(ctx: WriteCtx): void {
  let left = CLEARED_PER_BLOCK;
  for (const [term] of endedTerms.all(ctx)) {
    for (const table of [councilVotes, tallies]) {
      for (const [key] of table.under(ctx, termKey, term)) {
        if (left-- === 0) return;
        table.delete(ctx, key);
      }
    }
    for (const [key] of standings.under(ctx, termKey, term)) {
      if (left-- === 0) return;
      standings.delete(ctx, key);
    }
    endedTerms.delete(ctx, term);
  }
}

/** What decides who sits. */
export const talliesHold = invariant(
  "a council's tallies are the sums of its votes, none above what its voter counts for",
  "full",
  (ctx) => {
    const sums = new Map<string, bigint>();
    for (const { gameId, vote } of votesThatCount(ctx)) {
      if (vote.weight > community.weightOf(ctx, gameId, vote.voter)) return false;
      const name = `${gameId}/${vote.nominee}`;
      sums.set(name, (sums.get(name) ?? 0n) + vote.weight);
    }
    let tallied = 0;
    for (const [[[gameId, term], nominee], votes] of tallies.all(ctx)) {
      if (endedTerms.has(ctx, [gameId, term])) continue;
      if (sums.get(`${gameId}/${nominee}`) !== votes) return false;
      if (!standings.has(ctx, [[gameId, term], votes, nominee])) return false;
      tallied += 1;
    }
    return tallied === sums.size;
  },
);
