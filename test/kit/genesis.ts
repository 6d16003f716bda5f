import type { AppState } from "#chain/kernel/genesis.ts";
import { toJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { type Template, templateId } from "#chain/protocol/template.ts";
import { GenesisState as Auth } from "#proto/gen/iterum/auth.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { type BeaconKey, GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Gov } from "#proto/gen/iterum/gov.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { RewardRule, GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds, type Schedule } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { binding, type Person } from "./accounts.ts";
import { refusingVerifier, unprovableTemplate } from "./template.ts";

export const CHAIN_ID = "iterum-test";
export const GAME_ID = "spam";
export const DENOM = "uiter";
/** Base units of one token. */
export const TOKEN = 1_000_000n;
export const VOCABULARY: readonly string[] = Array.from({ length: 64 }, (_, i) => `word${i}`);

/** A round of 41 blocks after its close: long enough for every test's actors to act once a phase. */
const SCHEDULE: Schedule = {
  firstOpen: 10,
  open: 40,
  openOrders: 2,
  elect: 2,
  revealInputs: 3,
  revealInputs2: 2,
  label: 0,
  predict: 2,
  openPredictions: 2,
  revealLabels: 2,
  prove: 8,
  settle: 12,
};

/** What a test may choose; everything else is the default game. */
export interface GenesisChoice {
  readonly gameId?: string;
  readonly members: readonly Person[];
  /** Everybody else with a full purse. */
  readonly others: readonly Person[];
  readonly chainId?: string;
  /** Height of the first block of a node of its own; 1 unless told. */
  readonly initialHeight?: bigint;
  readonly beaconKeys?: readonly BeaconKey[];
  readonly templates?: readonly Template[];
  readonly verifierCode?: Uint8Array;
  readonly policy?: "sampled" | "none";
  readonly treasury?: bigint;
  readonly schedule?: Partial<Schedule>;
  readonly committee?: number;
  readonly alternates?: number;
  readonly itemsMax?: number;
  readonly itemsMin?: number;
  readonly quorumSets?: number;
  readonly sealed?: boolean;
  readonly ordersMax?: number;
  readonly builtin?: string;
  /** Cross-labellers per item; with some, LABEL has a length. */
  readonly panel?: number;
  readonly agree?: string;
  readonly mechanism?: string;
  readonly cooldownRounds?: number;
  /** A last change of the state, for what no other choice can say. */
  readonly alter?: (state: AppState) => AppState;
}

const PURSE = 10_000n * TOKEN;

function money(choice: GenesisChoice) {
  const treasury = choice.treasury ?? 100_000n * TOKEN;
  const purses = [...choice.members, ...choice.others].map(({ address }) => ({
    address,
    denom: DENOM,
    amount: PURSE,
  }));
  const held = { address: moduleAddress("treasury"), denom: DENOM, amount: treasury };
  return {
    auth: toJson(Auth, {
      params: { gasPriceMinMicro: 1_000n, feeDenom: DENOM, feeCollector: moduleAddress("fees") },
      accounts: [],
      nextAccountNumber: 0n,
      unorderedRuns: [],
    }),
    bank: toJson(Bank, {
      balances: treasury > 0n ? [...purses, held] : purses,
      denoms: [
        {
          base: DENOM,
          display: "iter",
          exponent: 6,
          name: "Iter",
          symbol: "ITER",
          description: "Test token",
        },
      ],
    }),
    treasury: toJson(Treasury, {
      ...Treasury.zero(),
      budgets: [{ gameId: choice.gameId ?? GAME_ID, denom: DENOM, available: treasury }],
    }),
  };
}

function community({ members, chainId = CHAIN_ID, gameId = GAME_ID }: GenesisChoice) {
  return toJson(Community, {
    ...Community.zero(),
    members: members.map((who) => ({
      gameId,
      address: who.address,
      ethereumAddress: who.ethereumAddress,
      weight: 1n,
      joinedHeight: 0n,
      bindingSignature: binding(who, chainId, gameId),
    })),
  });
}

const rewards = (gameId: string, agree: string, panel: number, builtin = "logloss/1") =>
  toJson(Rewards, {
    ...Rewards.zero(),
    rules: [{ ...RewardRule.zero(), gameId, builtin, agree, panel }],
  });

function play(choice: GenesisChoice) {
  const { gameId = GAME_ID, committee = 3, alternates = 2, itemsMax = 12, itemsMin = 2, panel = 0 } = choice;
  const { quorumSets = panel > 1 ? panel + 1 : 2, agree = panel > 0 ? "all" : "own" } = choice;
  const label = panel > 0 ? 2 : 0;
  return {
    rounds: toJson(Rounds, {
      params: { dev: true, denom: DENOM },
      games: [
        {
          gameId,
          title: "Spam",
          denom: DENOM,
          classes: 2,
          schedule: { ...SCHEDULE, label, ...choice.schedule },
          startHeight: 1n,
          labelValues: 0,
        },
      ],
      rounds: [],
      schedules: [],
    }),
    elections: toJson(Elections, {
      ...Elections.zero(),
      elections: [
        {
          gameId,
          mechanism: choice.mechanism ?? "sortition",
          committee,
          alternates,
          itemsMax,
          quorumSets,
          itemsMin,
          memberBond: 500n * TOKEN,
          rewardPerItem: TOKEN,
          panel,
          cooldownRounds: choice.cooldownRounds ?? 0,
          fromRound: 0n,
        },
      ],
      beaconKeys: choice.beaconKeys ?? [],
    }),
    rewards: rewards(gameId, agree, panel, choice.builtin),
    commitments: toJson(Commitments, {
      ...Commitments.zero(),
      rules: [
        {
          gameId,
          featurizer: { kind: "vocabulary/1", tokens: VOCABULARY, buckets: 0, size: 0, decimals: 0, bits: 0 },
          setItemsMax: 64,
          eventCidBytesMax: 64,
          fromRound: 0n,
        },
      ],
    }),
  };
}

function trade(choice: GenesisChoice) {
  const templates = choice.templates ?? [unprovableTemplate()];
  const { gameId = GAME_ID, ordersMax = 4, sealed = true } = choice;
  return {
    proofs: toJson(Proofs, {
      setup: { g2: (templates[0] as Template).srsG2, insecure: true },
      templates,
      verifiers: [{ code: choice.verifierCode ?? refusingVerifier }],
      audits: [
        {
          gameId,
          policy: choice.policy ?? "none",
          sampleSize: 8,
          proofsPerBlock: 4,
          templateIds: templates.map(templateId),
          fromRound: 0n,
        },
      ],
      dues: [],
    }),
    markets: toJson(Markets, {
      ...Markets.zero(),
      rules: [
        {
          gameId,
          kind: "model-lmsr/1",
          modelLmsr: {
            classes: 2,
            liquidity: 1_000n * TOKEN,
            priorPpm: [500_000, 500_000],
            slices: 4,
            feePpm: 3_000,
            clipPpm: 10_000,
            sealed,
            depositMin: 50n * TOKEN,
            depositMax: 500n * TOKEN,
            ordersMax,
          },
          lmsr: undefined,
          wager: undefined,
          operatorBond: 100n * TOKEN,
          liquidityMin: 100n * TOKEN,
          fromRound: 0n,
        },
      ],
    }),
  };
}

/** Votes of a few blocks, by the members of the test game for the whole chain too. */
const governance = () => ({
  gov: toJson(Gov, {
    ...Gov.zero(),
    params: {
      ...{ depositMin: 10n * TOKEN, depositBlocks: 5, votingBlocks: 3, delayBlocks: 2 },
      ...{ quorumPpm: 334_000, thresholdPpm: 500_000, vetoPpm: 334_000, councilGameId: GAME_ID },
    },
  }),
});

/** The state of a new chain with one small game on it, as genesis JSON. */
export function genesis(choice: GenesisChoice): AppState {
  const state = {
    ...money(choice),
    community: community(choice),
    ...play(choice),
    ...trade(choice),
    ...governance(),
  };
  return choice.alter ? choice.alter(state) : state;
}
