import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, invariant, messages, on, queries } from "#chain/kernel/module.ts";
import { firstBeacon } from "#chain/protocol/beacon.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import * as community from "#modules/community/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as validators from "#modules/validators/api.ts";
import { GenesisState, Injected, Msg, Query } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { electionOf, seatsOf, setElection } from "./api.ts";
import { beaconHandler, moveUnsigned } from "./beacon.ts";
import { clearTerms, endTerm, lowerVote, nominees, talliesHold, voteCouncil } from "./council.ts";
import { drawCommittee } from "./draw.ts";
import { callAlternates, endLabels, endReveals, releaseAll } from "./duty.ts";
import { errors } from "./errors.ts";
import { dumpElections, initBeaconKeys, restoreElections } from "./genesis.ts";
import { carryOver, greet, keyOf, letGo, registerBeaconKey, turnKeys } from "./register-beacon-key.ts";
import { beacon, candidates, elections, seats } from "./state.ts";
import { BONDS, clearUrns } from "./urn.ts";

const answers: Answers<typeof Query> = {
  beacon: (ctx) => ({ beacon: beacon.get(ctx) }),
  election: (ctx, key) => ({ election: electionOf(ctx, rounds.roundMeant(ctx, key)) }),
  committee: (ctx, key) => ({ seats: seatsOf(ctx, key) }),
  council: (ctx, { gameId }) => ({ nominees: [...nominees(ctx, gameId)] }),
  beaconKey: (ctx, { operator }) => keyOf(ctx, operator),
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
  for (const gameId of elections.names(ctx)) add(gameId, 0n);
  for (const [[gameId], { bond }] of candidates.all(ctx)) add(gameId, bond);
  for (const [[gameId], { bond }] of seats.all(ctx)) add(gameId, bond);
  return [...owed].every(([denom, amount]) => bank.balance(ctx, BONDS, denom) === amount);
});

export const electionsModule = defineModule({
  name: "elections",
  version: 1,
  messages: messages(Msg, { voteCouncil, registerBeaconKey }),
  injected: messages(Injected, { beacon: beaconHandler }),
  queries: queries(Query, answers),
  invariants: [bondsAreBacked, talliesHold],
  hooks: [
    on(rounds.phaseEntered, (ctx, { phase, ...key }) => turns[phase as Phase]?.(ctx, key)),
    on(community.standingChanged, lowerVote),
    on(community.standingsEnded, endTerm),
    on(validators.validatorCreated, (ctx, { operator }) => greet(ctx, operator)),
    on(validators.consensusKeyRotated, (ctx, { old, new: next }) => carryOver(ctx, old, next)),
    on(validators.consensusKeyUnseated, (ctx, { consensusAddress }) => letGo(ctx, consensusAddress)),
    on(validators.validatorRemoved, (ctx, { consensusAddress }) => letGo(ctx, consensusAddress)),
  ],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      auth.ensureModuleAccount(ctx, "elections");
      for (const election of genesis.elections) {
        const { gameId, fromRound } = election;
        ensure(!elections.has(ctx, gameId, fromRound), errors.BadGenesis, { gameId, fromRound });
        setElection(ctx, election);
      }
      initBeaconKeys(ctx, genesis);
      beacon.set(ctx, genesis.beacon ?? { height: ctx.height, value: firstBeacon(ctx.chainId) });
      restoreElections(ctx, genesis);
    },
    dump: dumpElections,
  },
  beginBlock: moveUnsigned,
  endBlock: (ctx) => {
    turnKeys(ctx);
    clearUrns(ctx);
    clearTerms(ctx);
  },
});
