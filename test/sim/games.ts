import type { AppState } from "#chain/kernel/genesis.ts";
import { type MarketRule, GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";
import type { Person } from "#test/kit/accounts.ts";
import { altered } from "#test/kit/game/alter.ts";
import type { Random } from "#test/kit/game/random.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { type GenesisChoice, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { wagerGame } from "../modules/markets/kinds-kit.ts";

export const template = unprovableTemplate();

const KINDS = ["model-lmsr/1", "wager/1", "lmsr/1"] as const;
const MECHANISMS = ["sortition", "vote", "all"] as const;

type Alter = (state: AppState) => AppState;

/** A game as it is set up. */
export interface GameChoice extends GenesisChoice {
  readonly gameId: string;
  readonly kind: (typeof KINDS)[number];
  readonly mechanism: (typeof MECHANISMS)[number];
  readonly sealed: boolean;
}

/** Profits are paid over the rounds that follow. */
const vestingGame = (gameId: string): Alter =>
  altered("vesting", Vesting, (state) => ({
    ...state,
    rules: [{ gameId, rounds: 4, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 }],
  }));

/** A market of shares whose members' bond, of 500 tokens, is worth two shares of what a trader can win. */
const sharesGame = (committee: number, holdersMax: number): Alter => {
  const lmsr = { classes: 2, liquidity: 250n * BigInt(committee) * TOKEN, feePpm: 10_000, holdersMax };
  return altered("markets", Markets, ({ rules, ...rest }) => ({
    ...rest,
    rules: rules.map((rule): MarketRule => ({ ...rule, kind: "lmsr/1", modelLmsr: undefined, lmsr })),
  }));
};

/** Phases of one block or two; the next round closes as soon as this one must be over. */
function scheduleOf(random: Random, hasPanel: boolean): Schedule {
  const phases = Object.entries(brisk).map(([phase, blocks]) => [phase, blocks + random.int(2)] as const);
  const lengths = Object.fromEntries(phases) as unknown as Schedule;
  const label = hasPanel ? 1 + random.int(2) : 0;
  const { firstOpen, open: _, ...others } = { ...lengths, label };
  const open = 1 + random.int(3) + Object.values(others).reduce((sum, blocks) => sum + blocks, 0);
  return { ...others, firstOpen, open };
}

/** Sizes, schedule, market, panel and election of one game. */
export function gameOf(
  random: Random,
  gameId: string,
  people: { readonly members: readonly Person[]; readonly others: readonly Person[] },
): GameChoice {
  const sealed = random.chance(0.8);
  const panel = random.pick([0, 0, 0, 0, 1, 2]);
  const committee = Math.max(2, panel + random.pick([1, 2, 3]));
  const mechanism = random.pick(["sortition", "sortition", "vote", "all"] as const);
  const kind = random.pick(["model-lmsr/1", "model-lmsr/1", "wager/1", "lmsr/1"] as const);
  const market: Record<typeof kind, Alter> = {
    "model-lmsr/1": (state) => state,
    "wager/1": wagerGame(sealed),
    "lmsr/1": sharesGame(committee, 2 + random.int(10)),
  };
  const pays = random.chance(0.5) ? vestingGame(gameId) : (state: AppState) => state;
  return {
    ...people,
    ...{ gameId, kind, sealed, templates: [template], committee, panel, mechanism },
    schedule: scheduleOf(random, panel > 0),
    agree: panel === 0 ? "own" : random.pick(["own", "all", "majority"]),
    alternates: mechanism === "all" ? 0 : random.int(4),
    quorumSets: Math.min(committee, panel + 1 + random.int(2)),
    cooldownRounds: random.int(3),
    itemsMax: committee * (1 + random.int(4)),
    itemsMin: 1,
    ordersMax: 1 + random.int(4),
    // A poor community's rounds become smaller, and in the end are skipped.
    treasury: BigInt(random.chance(0.2) ? 200 + random.int(3_000) : 100_000) * TOKEN,
    alter: (state) => pays(market[kind](state)),
  };
}
