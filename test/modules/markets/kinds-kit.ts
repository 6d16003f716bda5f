import { templateId } from "#chain/protocol/template.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { type MarketRule, GenesisState as Markets, MsgTrade } from "#proto/gen/iterum/markets.ts";
import { type RewardRule, GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { Phase, GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Said, say } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { modelOf, operator } from "#test/kit/game/operator.ts";
import { playUntil, type World } from "#test/kit/game/play.ts";
import { says } from "#test/kit/game/refuse.ts";
import { registerModel } from "#test/kit/game/say.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { type Alter, first } from "../genesis-kit.ts";

const template = unprovableTemplate();

const marketRule = (part: Partial<MarketRule>): Alter =>
  altered("markets", Markets, (genesis) => ({ ...genesis, rules: first(genesis.rules, part) }));

/** The test game with a market of shares, b = 1,000 tokens and a fee of 1 %. */
export const lmsrGame = (holdersMax = 100): Alter =>
  marketRule({
    kind: "lmsr/1",
    modelLmsr: undefined,
    lmsr: { classes: 2, liquidity: 1_000n * TOKEN, feePpm: 10_000, holdersMax },
  });

/** The test game with wagers against a house of 1,000 tokens. */
export const wagerGame = (sealed = true): Alter =>
  marketRule({
    kind: "wager/1",
    modelLmsr: undefined,
    wager: {
      classes: 2,
      houseStake: 1_000n * TOKEN,
      priorPpm: [500_000, 500_000],
      feePpm: 3_000,
      clipPpm: 10_000,
      sealed,
      depositMin: 50n * TOKEN,
      depositMax: 500n * TOKEN,
      ordersMax: 4,
    },
  });

/** The test game with another way to count and to score. */
export const rewardGame = (part: Partial<RewardRule>): Alter =>
  altered("rewards", Rewards, (genesis) => ({ ...genesis, rules: first(genesis.rules, part) }));

/** The test game with labels of so many values. */
export const labelGame = (labelValues: number): Alter =>
  altered("rounds", Rounds, (genesis) => ({ ...genesis, games: first(genesis.games, { labelValues }) }));

/** The test game with a member's bond that a market of shares asks for. */
export const bondGame = (memberBond: bigint): Alter =>
  altered("elections", Elections, (genesis) => ({
    ...genesis,
    elections: first(genesis.elections, { memberBond }),
  }));

export const inTurn =
  (...alters: readonly Alter[]): Alter =>
  (state) =>
    alters.reduce((changed, alter) => alter(changed), state);

/** The model that a trader of shares names. */
export const modelIdOf = (who: Person): Uint8Array =>
  modelOf({ ...operator(who.name, template, () => []), who });

const paramsHashOf = (who: Person): Uint8Array => operator(who.name, template, () => []).paramsHash;

/** Registers a model each. */
export async function registerAll(world: World, traders: readonly Person[]): Promise<void> {
  await playUntil(world, 1n, Phase.PHASE_OPEN);
  for (const who of traders)
    await says(world.chain, who, registerModel(who, templateId(template), paramsHashOf(who)));
}

export const trade = (who: Person, change: Partial<MsgTrade> = {}): Said =>
  say(MsgTrade, {
    ...MsgTrade.zero(),
    operator: who.address,
    gameId: GAME_ID,
    roundId: 1n,
    modelId: modelIdOf(who),
    outcome: 1,
    shares: 100n * TOKEN,
    costLimit: change.sale ? 0n : 1_000n * TOKEN,
    ...change,
  });
