import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { GenesisState } from "#proto/gen/iterum/elections.ts";
import { restoreVote, votesThatCount } from "./council.ts";
import { errors } from "./errors.ts";
import { bars, beacon, beaconKeys, candidates, elections, emptying, exclusions, seats } from "./state.ts";
import { putIn } from "./urn.ts";

/** Candidates as they went into their urns. */
const inUrnOrder = (list: GenesisState["candidates"]): GenesisState["candidates"] =>
  list.toSorted((a, b) => (a.candidate?.ticket ?? 0) - (b.candidate?.ticket ?? 0));

/** Puts the urns and seats of an exported chain back. */
export function restoreElections(ctx: WriteCtx, genesis: GenesisState): void {
  for (const { gameId, roundId } of genesis.emptying) emptying.set(ctx, [gameId, roundId], true);
  for (const { gameId, roundId, candidate } of inUrnOrder(genesis.candidates)) {
    ensure(candidate, errors.BadGenesis, { gameId });
    const key = { gameId, roundId };
    if (emptying.has(ctx, [gameId, roundId]))
      candidates.set(ctx, [gameId, roundId, candidate.member], candidate);
    else putIn(ctx, key, candidate);
  }
  for (const { gameId, roundId, seat } of genesis.seats) {
    ensure(seat, errors.BadGenesis, { gameId });
    seats.set(ctx, [gameId, roundId, seat.member], seat);
  }
  for (const { gameId, roundId, address } of genesis.exclusions)
    exclusions.set(ctx, [gameId, roundId, address], true);
  for (const { gameId, member, untilRound } of genesis.bars) bars.set(ctx, [gameId, member], untilRound);
  for (const { gameId, vote } of genesis.councilVotes) {
    ensure(vote, errors.BadGenesis, { gameId });
    restoreVote(ctx, gameId, vote);
  }
}

/** The whole state of elections as genesis. */
export const dumpElections = (ctx: ReadCtx): GenesisState => ({
  elections: [...elections.all(ctx)].map(([, election]) => election),
  beaconKeys: [...beaconKeys.all(ctx)].map(([, key]) => key),
  beacon: beacon.get(ctx),
  candidates: [...candidates.all(ctx)].map(([[gameId, roundId], candidate]) => ({
    gameId,
    roundId,
    candidate,
  })),
  seats: [...seats.all(ctx)].map(([[gameId, roundId], seat]) => ({ gameId, roundId, seat })),
  exclusions: [...exclusions.all(ctx)].map(([[gameId, roundId, address]]) => ({ gameId, roundId, address })),
  emptying: [...emptying.all(ctx)].map(([[gameId, roundId]]) => ({ gameId, roundId })),
  bars: [...bars.all(ctx)].map(([[gameId, member], untilRound]) => ({ gameId, member, untilRound })),
  councilVotes: [...votesThatCount(ctx)],
});
