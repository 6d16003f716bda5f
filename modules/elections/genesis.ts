import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { verifyPossession } from "#chain/protocol/beacon.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as validators from "#modules/validators/api.ts";
import type { GenesisState } from "#proto/gen/iterum/elections.ts";
import { beaconIsSigned } from "./beacon.ts";
import { restoreVote, votesThatCount } from "./council.ts";
import { errors } from "./errors.ts";
import { announce } from "./register-beacon-key.ts";
import {
  bars,
  beacon,
  beaconKeys,
  candidates,
  comingKeys,
  elections,
  emptying,
  exclusions,
  goings,
  seats,
} from "./state.ts";
import { putIn } from "./urn.ts";

/** Candidates as they went into their urns. */
const inUrnOrder = (list: GenesisState["candidates"]): GenesisState["candidates"] =>
  list.toSorted((a, b) => (a.candidate?.ticket ?? 0) - (b.candidate?.ticket ?? 0));

/** Puts the keys that sign the beacon into the state; validators of genesis that have one may be elected. */
export function initBeaconKeys(ctx: WriteCtx, genesis: GenesisState): void {
  for (const key of genesis.beaconKeys) {
    ensure(verifyPossession(key.possession, key.publicKey), errors.BadGenesis, { key: "beacon" });
    beaconKeys.set(ctx, key.validator, key);
  }
  ensure(beaconIsSigned(ctx) || rounds.isDev(ctx), errors.BadGenesis, { missing: "beacon keys" });
  if (beaconIsSigned(ctx) && validators.isStaked(ctx)) {
    validators.requireReady(ctx);
    for (const { validator } of genesis.beaconKeys) {
      const found = validators.byConsensusAddress(ctx, validator);
      if (found && !found.ready) validators.setReady(ctx, found.operator, true);
    }
  }
  for (const coming of genesis.comingBeaconKeys) announce(ctx, coming);
  for (const { height, validator } of genesis.goingBeaconKeys) goings.set(ctx, [height, validator], true);
}

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
  comingBeaconKeys: [...comingKeys.all(ctx)].map(([, coming]) => coming),
  goingBeaconKeys: [...goings.all(ctx)].map(([[height, validator]]) => ({ height, validator })),
});
