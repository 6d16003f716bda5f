import { test } from "node:test";
import type { AppState } from "#chain/kernel/genesis.ts";
import { fromJson } from "#chain/proto/json.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as proofsErrors } from "#modules/proofs/errors.ts";
import { errors as rewardsErrors } from "#modules/rewards/errors.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GAME_ID, genesis, TOKEN } from "#test/kit/genesis.ts";
import { type Alter, changed, first, refusesGenesis, twice } from "./genesis-kit.ts";

const proofs = changed("proofs", Proofs);
const commitments = changed("commitments", Commitments);
const rewards = changed("rewards", Rewards);
const markets = changed("markets", Markets);

/** The state with another game beside the test game, like it. */
const withGame = (state: AppState, gameId: string): AppState =>
  changed("rounds", Rounds)(({ games }) => ({ games: games.flatMap((each) => [each, { ...each, gameId }]) }))(
    state,
  );

test("audits that could not convict anybody are refused", () => {
  const audit = (part: Parameters<typeof first<Proofs["audits"][number]>>[1]) =>
    proofs(({ audits }) => ({ audits: first(audits, part) }));
  const bad = proofsErrors.BadGenesis;
  refusesGenesis(bad, audit({ policy: "trust" }));
  refusesGenesis(bad, audit({ policy: "sampled", sampleSize: 4 }));
  refusesGenesis(bad, audit({ policy: "sampled", sampleSize: 12 }));
  refusesGenesis(bad, audit({ proofsPerBlock: 0 }));
  refusesGenesis(bad, audit({ policy: "all", proofsPerBlock: 17 }));
  const { audits: own } = fromJson(Proofs, genesis({ members: [], others: [] })["proofs"] ?? {});
  const shared = ["spam", "ham"].flatMap((gameId) =>
    own.map((each) => ({ ...each, gameId, policy: "all", proofsPerBlock: 9 })),
  );
  refusesGenesis(bad, (state) => withGame(proofs(() => ({ audits: shared }))(state), "ham"));
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
    proofsErrors.BadTemplate,
    proofs(({ templates }) => ({ templates: first(templates, { logrows: 12 }) })),
  );
  refusesGenesis(
    proofsErrors.BadTemplate,
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
  refusesGenesis(
    bad,
    commitments(() => ({ sheets: [{ ...empty, sheet: undefined }] })),
  );
  refusesGenesis(
    bad,
    commitments(() => ({ denouncements: [{ gameId: GAME_ID, denouncement: undefined }] })),
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
  const bad = marketsErrors.BadRule;
  refusesGenesis(bad, rule({ kind: "roulette/1" }));
  refusesGenesis(bad, rule({ modelLmsr: undefined }));
  const lmsr = { classes: 2, liquidity: 1_000n * TOKEN, feePpm: 0, holdersMax: 100 };
  refusesGenesis(bad, rule({ lmsr }));
  refusesGenesis(bad, rule({ kind: "lmsr/1" }));
  const shares = { kind: "lmsr/1", modelLmsr: undefined };
  refusesGenesis(kindErrors.ParamsRefused, rule({ ...shares, lmsr: { ...lmsr, feePpm: 60_000 } }));
  refusesGenesis(bad, rule({ ...shares, lmsr: { ...lmsr, classes: 3 } }));
  // A member's bond is less than two thirds of b; 6,000 holders take more blocks than SETTLE has.
  refusesGenesis(bad, rule({ ...shares, lmsr }));
  refusesGenesis(bad, rule({ ...shares, lmsr: { ...lmsr, liquidity: 100n * TOKEN, holdersMax: 6_000 } }));
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
    marketsErrors.BadGenesis,
    markets(() => ({ orders: [{ gameId: GAME_ID, roundId: 1n, order: undefined }] })),
  );
});
