import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, invariant, messages, on, queries } from "#chain/kernel/module.ts";
import { firstBeacon, verifyPossession } from "#chain/protocol/beacon.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type Election, GenesisState, Injected, Msg, Query } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { electionOf, itemsPerSet, seatsOf } from "./api.ts";
import { beaconHandler, beaconIsSigned, moveUnsigned } from "./beacon.ts";
import { nominees, voteCouncil } from "./council.ts";
import { drawCommittee } from "./draw.ts";
import { callAlternates, endLabels, endReveals, releaseAll } from "./duty.ts";
import { errors } from "./errors.ts";
import { dumpElections, restoreElections } from "./genesis.ts";
import { mechanismOf } from "./mechanisms.ts";
import { beacon, beaconKeys, candidates, elections, seats } from "./state.ts";
import { BONDS, clearUrns } from "./urn.ts";

const SEATS_MAX = 256;
const ITEMS_MAX = 1_000;
const COOLDOWN_ROUNDS_MAX = 1_000;

const answers: Answers<typeof Query> = {
  beacon: (ctx) => ({ beacon: beacon.get(ctx) }),
  election: (ctx, { gameId }) => ({ election: electionOf(ctx, gameId) }),
  committee: (ctx, key) => ({ seats: seatsOf(ctx, key) }),
  council: (ctx, { gameId }) => ({ nominees: [...nominees(ctx, gameId)] }),
};

const turns: Readonly<Partial<Record<Phase, (ctx: WriteCtx, key: rounds.RoundKey) => void>>> = {
  [Phase.PHASE_REVEAL_INPUTS]: drawCommittee,
  [Phase.PHASE_REVEAL_INPUTS_2]: callAlternates,
  [Phase.PHASE_LABEL]: endReveals,
  [Phase.PHASE_PROVE]: endLabels,
  [Phase.PHASE_VOID]: releaseAll,
};

const bondsAreBacked = invariant("the elections' account holds exactly the members' bonds", "full", (ctx) => {
  const owed = new Map<string, bigint>();
  const add = (gameId: string, bond: bigint): void => {
    const { denom } = rounds.game(ctx, gameId);
    owed.set(denom, (owed.get(denom) ?? 0n) + bond);
  };
  for (const [gameId] of elections.all(ctx)) add(gameId, 0n);
  for (const [[gameId], { bond }] of candidates.all(ctx)) add(gameId, bond);
  for (const [[gameId], { bond }] of seats.all(ctx)) add(gameId, bond);
  return [...owed].every(([denom, amount]) => bank.balance(ctx, BONDS, denom) === amount);
});

function checkElection(ctx: ReadCtx, election: Election): void {
  const { gameId, mechanism, committee, alternates, itemsMax, quorumSets, itemsMin, panel, cooldownRounds } =
    election;
  const { schedule } = rounds.game(ctx, gameId);
  const holds =
    mechanismOf(mechanism) !== undefined &&
    // Where everybody sits nobody is left to wait.
    (mechanism !== "all" || alternates === 0) &&
    committee >= 1 &&
    committee + alternates <= SEATS_MAX &&
    itemsMax >= committee &&
    itemsMax <= ITEMS_MAX &&
    cooldownRounds <= COOLDOWN_ROUNDS_MAX &&
    itemsMin >= 1 &&
    itemsMin <= committee * itemsPerSet(election) &&
    quorumSets >= 1 &&
    quorumSets <= committee &&
    // An item has that many other members to label it, and they the time to; else nobody waits for nothing.
    quorumSets > panel &&
    panel > 0 === (schedule?.label ?? 0) > 0;
  ensure(holds, errors.BadElection, {
    gameId,
    mechanism,
    committee,
    alternates,
    itemsMax,
    quorumSets,
    itemsMin,
    panel,
    cooldownRounds,
  });
}

export const electionsModule = defineModule({
  name: "elections",
  version: 1,
  messages: messages(Msg, { voteCouncil }),
  injected: messages(Injected, { beacon: beaconHandler }),
  queries: queries(Query, answers),
  invariants: [bondsAreBacked],
  hooks: [on(rounds.phaseEntered, (ctx, { phase, ...key }) => turns[phase as Phase]?.(ctx, key))],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      auth.ensureModuleAccount(ctx, "elections");
      for (const election of genesis.elections) {
        checkElection(ctx, election);
        ensure(!elections.has(ctx, election.gameId), errors.BadGenesis, { gameId: election.gameId });
        elections.set(ctx, election.gameId, election);
      }
      for (const key of genesis.beaconKeys) {
        ensure(verifyPossession(key.possession, key.publicKey), errors.BadGenesis, { key: "beacon" });
        beaconKeys.set(ctx, key.validator, key);
      }
      ensure(beaconIsSigned(ctx) || rounds.isDev(ctx), errors.BadGenesis, { missing: "beacon keys" });
      beacon.set(ctx, genesis.beacon ?? { height: ctx.height, value: firstBeacon(ctx.chainId) });
      restoreElections(ctx, genesis);
    },
    dump: dumpElections,
  },
  beginBlock: moveUnsigned,
  endBlock: clearUrns,
});
