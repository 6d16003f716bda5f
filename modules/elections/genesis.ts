import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { GenesisState } from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { beacon, beaconKeys, candidates, elections, exclusions, seats } from "./state.ts";

/** Puts the urns and seats of an exported chain back. */
export function restoreElections(ctx: WriteCtx, genesis: GenesisState): void {
  for (const { gameId, roundId, candidate } of genesis.candidates) {
    ensure(candidate, errors.BadGenesis, { gameId });
    candidates.set(ctx, [gameId, roundId, candidate.member], candidate);
  }
  for (const { gameId, roundId, seat } of genesis.seats) {
    ensure(seat, errors.BadGenesis, { gameId });
    seats.set(ctx, [gameId, roundId, seat.member], seat);
  }
  for (const { gameId, roundId, address } of genesis.exclusions)
    exclusions.set(ctx, [gameId, roundId, address], true);
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
});
