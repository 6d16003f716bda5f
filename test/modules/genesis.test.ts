import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import { type AppState, errors as genesisErrors } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { errors as authErrors } from "#modules/auth/errors.ts";
import { errors as bankErrors } from "#modules/bank/errors.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as proofsErrors } from "#modules/proofs/errors.ts";
import { errors as rewardsErrors } from "#modules/rewards/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { Account, GenesisState as Auth } from "#proto/gen/iterum/auth.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { DENOM, GAME_ID, type GenesisChoice, TOKEN } from "#test/kit/genesis.ts";

type Alter = (state: AppState) => AppState;

/** A genesis so altered is refused with the error. */
function refusesGenesis(
  { codespace, code }: ErrorFactory,
  alter: Alter,
  choice: Partial<GenesisChoice> = {},
) {
  const members = people("ann", "ben");
  assert.throws(
    () => newChain({ members, others: [], ...choice, alter }),
    (error) => error instanceof ChainError && error.codespace === codespace && error.code === code,
  );
}

/** The first entry of a list, changed; or twice. */
const first = <T>([head, ...rest]: readonly T[], change: Partial<T>): T[] => [
  { ...head, ...change } as T,
  ...rest,
];
const twice = <T>(list: readonly T[]): T[] => [...list, ...list];
const module =
  <G>(name: string, codec: Codec<G>) =>
  (change: (genesis: G) => Partial<G>): Alter =>
    altered(name, codec, (genesis) => ({ ...genesis, ...change(genesis) }));

const auth = module("auth", Auth);
const bank = module("bank", Bank);
const community = module("community", Community);
const treasury = module("treasury", Treasury);
const rounds = module("rounds", Rounds);
const elections = module("elections", Elections);
const proofs = module("proofs", Proofs);
const commitments = module("commitments", Commitments);
const rewards = module("rewards", Rewards);
const markets = module("markets", Markets);

test("an app state with an unknown module or a state that does not decode is refused", () => {
  refusesGenesis(genesisErrors.UnknownModule, (state) => ({ ...state, casino: {} }));
  refusesGenesis(genesisErrors.BadState, (state) => ({ ...state, bank: { balances: 7 } }));
  refusesGenesis(genesisErrors.BadState, (state) => ({ ...state, bank: { surprise: [] } }));
});

test("accounts and balances that contradict each other are refused", () => {
  const account = Account.zero();
  const [ann] = people("ann");
  assert.ok(ann);
  const mine = { ...account, address: ann.address };
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ params: undefined })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ accounts: [account], nextAccountNumber: 1n })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ accounts: [mine, mine], nextAccountNumber: 1n })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ accounts: [mine], nextAccountNumber: 0n })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(({ params }) => ({ params: params && { ...params, feeCollector: ann.address } })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: twice(balances) })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: first(balances, { amount: 0n }) })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: first(balances, { denom: "1" }) })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: first(balances, { address: "x" }) })),
  );
  const most = (1n << 128n) - 1n;
  refusesGenesis(
    bankErrors.Overflow,
    bank(({ balances }) => ({ balances: first(balances, { amount: most }) })),
  );
});

test("members that are none, or bound to nothing, are refused", () => {
  const change = (part: Parameters<typeof first<Community["members"][number]>>[1]) =>
    community(({ members }) => ({ members: first(members, part) }));
  refusesGenesis(communityErrors.BadGenesis, change({ address: "x" }));
  refusesGenesis(communityErrors.BadGenesis, change({ weight: 0n }));
  refusesGenesis(communityErrors.BadGenesis, change({ ethereumAddress: new Uint8Array(0) }));
  refusesGenesis(
    communityErrors.BadGenesis,
    community(({ members }) => ({ members: twice(members) })),
  );
  refusesGenesis(communityErrors.BadBinding, change({ bindingSignature: new Uint8Array(65) }));
});

test("budgets without the coins, or in another denom than the game's, are refused", () => {
  refusesGenesis(
    treasuryErrors.BadGenesis,
    treasury(({ budgets }) => ({ budgets: twice(budgets) })),
  );
  refusesGenesis(
    treasuryErrors.BadGenesis,
    treasury(({ budgets }) => ({ budgets: first(budgets, { available: 1n }) })),
  );
  refusesGenesis(
    marketsErrors.BadGenesis,
    rounds(({ games }) => ({ games: first(games, { denom: "gold" }) })),
  );
});

test("a game that cannot be played is refused", () => {
  const game = (part: Parameters<typeof first<Rounds["games"][number]>>[1]) =>
    rounds(({ games }) => ({ games: first(games, part) }));
  const bad = roundsErrors.BadGame;
  refusesGenesis(
    bad,
    rounds(() => ({ params: undefined })),
  );
  refusesGenesis(
    bad,
    rounds(({ games }) => ({ games: twice(games) })),
  );
  refusesGenesis(bad, game({ gameId: "Not A Name" }));
  refusesGenesis(bad, game({ classes: 1 }));
  refusesGenesis(bad, game({ classes: 17 }));
  refusesGenesis(bad, game({ denom: "" }));
  refusesGenesis(bad, game({ schedule: undefined }));
  refusesGenesis(bad, (state) => state, { schedule: { revealInputs: 0 } });
  refusesGenesis(bad, (state) => state, { schedule: { open: 35 } });
  refusesGenesis(
    bad,
    rounds(() => ({ params: { dev: false, denom: DENOM } })),
  );
});

test("an election that cannot be held is refused", () => {
  const rule = (part: Parameters<typeof first<Elections["elections"][number]>>[1]) =>
    elections((genesis) => ({ elections: first(genesis.elections, part) }));
  const bad = electionsErrors.BadElection;
  for (const part of [
    { mechanism: "auction" },
    { committee: 0 },
    { committee: 255, alternates: 2, itemsMax: 1_000 },
    { itemsMax: 2 },
    { itemsMax: 1_001 },
    { itemsMin: 0 },
    { itemsMin: 13 },
    { quorumSets: 0 },
    { quorumSets: 4 },
  ])
    refusesGenesis(bad, rule(part));
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections((genesis) => ({ elections: twice(genesis.elections) })),
  );
  refusesGenesis(roundsErrors.NoGame, rule({ gameId: "chess" }));
  const key = {
    validator: new Uint8Array(20),
    publicKey: new Uint8Array(96),
    possession: new Uint8Array(48),
  };
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections(() => ({ beaconKeys: [key] })),
  );
  const empty = { gameId: GAME_ID, roundId: 1n };
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections(() => ({ seats: [{ ...empty, seat: undefined }] })),
  );
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections(() => ({ candidates: [{ ...empty, candidate: undefined }] })),
  );
});

test("audits that could not convict anybody are refused", () => {
  const audit = (part: Parameters<typeof first<Proofs["audits"][number]>>[1]) =>
    proofs(({ audits }) => ({ audits: first(audits, part) }));
  const bad = proofsErrors.BadGenesis;
  refusesGenesis(bad, audit({ policy: "trust" }));
  refusesGenesis(bad, audit({ policy: "sampled", sampleSize: 4 }));
  refusesGenesis(bad, audit({ policy: "sampled", sampleSize: 12 }));
  refusesGenesis(bad, audit({ proofsPerBlock: 0 }));
  refusesGenesis(bad, audit({ proofsPerBlock: 17 }));
  refusesGenesis(bad, audit({ templateIds: [new Uint8Array(32)] }));
  refusesGenesis(
    bad,
    proofs(({ audits }) => ({ audits: twice(audits) })),
  );
  refusesGenesis(
    bad,
    proofs(() => ({ setup: undefined })),
  );
  refusesGenesis(
    bad,
    proofs(({ templates }) => ({ templates: first(templates, { logrows: 12 }) })),
  );
  refusesGenesis(
    bad,
    proofs(() => ({ verifiers: [{ code: Uint8Array.of(1) }] })),
  );
  refusesGenesis(
    bad,
    proofs(() => ({ dues: [{ gameId: GAME_ID, roundId: 1n, due: undefined }] })),
  );
});

test("data rules and rewards that no round could follow are refused", () => {
  const rule = (part: Parameters<typeof first<Commitments["rules"][number]>>[1]) =>
    commitments((genesis) => ({ rules: first(genesis.rules, part) }));
  const bad = commitmentsErrors.BadGenesis;
  refusesGenesis(bad, rule({ setItemsMax: 0 }));
  refusesGenesis(bad, rule({ setItemsMax: 1_001 }));
  refusesGenesis(bad, rule({ eventCidBytesMax: 65 }));
  refusesGenesis(bad, rule({ featurizer: undefined }));
  const none = { kind: "magic/1", tokens: [], buckets: 0, size: 0, decimals: 0, bits: 0 };
  refusesGenesis(bad, rule({ featurizer: none }));
  refusesGenesis(bad, rule({ featurizer: { ...none, kind: "vocabulary/1" } }));
  refusesGenesis(bad, rule({ featurizer: { ...none, kind: "numeric/1" } }));
  refusesGenesis(
    bad,
    commitments((genesis) => ({ rules: twice(genesis.rules) })),
  );
  const empty = { gameId: GAME_ID, roundId: 1n };
  refusesGenesis(
    bad,
    commitments(() => ({ commitments: [{ ...empty, commitment: undefined }] })),
  );
  refusesGenesis(
    bad,
    commitments(() => ({ sets: [{ ...empty, set: undefined }] })),
  );
  refusesGenesis(
    bad,
    commitments(() => ({ lists: [{ ...empty, list: undefined }] })),
  );
  const reward = (part: Parameters<typeof first<Rewards["rules"][number]>>[1]) =>
    rewards((genesis) => ({ rules: first(genesis.rules, part) }));
  const badRule = rewardsErrors.BadRule;
  refusesGenesis(badRule, reward({ builtin: "luck/1" }));
  refusesGenesis(badRule, reward({ agree: "most" }));
  refusesGenesis(badRule, reward({ agree: "all" }));
  refusesGenesis(badRule, reward({ panel: 2 }));
  refusesGenesis(
    badRule,
    rewards((genesis) => ({ rules: twice(genesis.rules) })),
  );
  const program = { use: undefined, label: undefined, weight: undefined, score: undefined, scoreOnError: 0 };
  refusesGenesis(badRule, reward({ program }));
  refusesGenesis(badRule, reward({ program, builtin: "" }));
});

test("markets that cannot be settled, audited or backed are refused", () => {
  const rule = (part: Parameters<typeof first<Markets["rules"][number]>>[1]) =>
    markets((genesis) => ({ rules: first(genesis.rules, part) }));
  const params = (part: object): Alter =>
    markets(({ rules }) => ({
      rules: rules.map((each) => ({ ...each, modelLmsr: each.modelLmsr && { ...each.modelLmsr, ...part } })),
    }));
  const bad = marketsErrors.BadGenesis;
  refusesGenesis(bad, rule({ kind: "roulette/1" }));
  refusesGenesis(bad, rule({ modelLmsr: undefined }));
  refusesGenesis(
    bad,
    markets(({ rules }) => ({ rules: twice(rules) })),
  );
  refusesGenesis(kindErrors.ParamsRefused, params({ slices: 9 }));
  refusesGenesis(kindErrors.ParamsRefused, params({ liquidity: 1n }));
  refusesGenesis(bad, params({ classes: 3, priorPpm: [400_000, 300_000, 300_000] }));
  refusesGenesis(bad, params({ depositMax: 800n * TOKEN }));
  refusesGenesis(bad, (state) => state, { schedule: { settle: 2 } });
  refusesGenesis(bad, (state) => state, { policy: "sampled", schedule: { prove: 1 } });
  const buckets = { kind: "hash/1", tokens: [], buckets: 32, size: 0, decimals: 0, bits: 0 };
  refusesGenesis(
    bad,
    commitments(({ rules }) => ({ rules: first(rules, { featurizer: buckets }) })),
  );
  refusesGenesis(
    bad,
    markets(() => ({ orders: [{ gameId: GAME_ID, roundId: 1n, order: undefined }] })),
  );
});
