import { compareBytes } from "#chain/bytes/compare.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { type Member, member } from "#test/kit/game/member.ts";
import { type Operator, operator } from "#test/kit/game/operator.ts";
import { type World, world } from "#test/kit/game/play.ts";
import { type Random, seeded } from "#test/kit/game/random.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { type GenesisChoice, TOKEN } from "#test/kit/genesis.ts";
import { severalGames } from "#test/kit/several.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { wagerGame } from "../modules/markets/kinds-kit.ts";
import type { Plan } from "./plan.ts";

const MEMBERS_MAX = 8;
const OPERATORS_MAX = 5;
const template = unprovableTemplate();

/** Everybody on the stage; strangers belong to no game. */
export interface Cast {
  readonly world: World;
  readonly strangers: readonly Person[];
}

/** Profits are paid over the rounds that follow. */
const vestingGame = (gameId: string) =>
  altered("vesting", Vesting, (state) => ({
    ...state,
    rules: [{ gameId, rounds: 4, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 }],
  }));

/** Sizes, schedule, market, panel and election of one game. */
function gameOf(random: Random, gameId: string, people: Pick<GenesisChoice, "members" | "others">) {
  const sealed = random.chance(0.8);
  const panel = random.pick([0, 0, 1, 2]);
  const committee = panel + 2 + random.int(3);
  const long = (phase: number): number => phase + random.int(2);
  const phases = Object.entries(brisk).map(([phase, blocks]) => [phase, long(blocks)] as const);
  const lengths = Object.fromEntries(phases) as Record<keyof Schedule, number>;
  const isWager = random.chance(0.25);
  const isVesting = random.chance(0.5);
  const mechanism = random.pick(["sortition", "sortition", "sortition", "all"]);
  const choice: GenesisChoice = {
    ...people,
    ...{ gameId, sealed, templates: [template], committee, panel, mechanism },
    schedule: { ...lengths, open: 27, settle: 5, label: panel > 0 ? long(1) : 0 },
    agree: panel === 0 ? "own" : random.pick(["own", "all", "majority"]),
    alternates: mechanism === "all" ? 0 : random.int(4),
    quorumSets: panel + 1 + random.int(committee - panel),
    cooldownRounds: random.int(3),
    itemsMax: committee * (1 + random.int(5)),
    itemsMin: 1,
    ordersMax: 1 + random.int(4),
    treasury: BigInt(200 + random.int(3_000)) * TOKEN,
    alter: (state) => {
      const market = isWager ? wagerGame(sealed)(state) : state;
      return isVesting ? vestingGame(gameId)(market) : market;
    },
  };
  return choice;
}

/** A trader whose skill, stake and predictions follow from the seed and its name. */
function trader(seed: string, name: string, gameId: string, isSealed: boolean): Operator {
  const random = seeded(`${seed} ${name} in ${gameId}`);
  const deposit = BigInt(50 + random.int(300)) * TOKEN;
  const bound = deposit + BigInt(random.int(150)) * TOKEN;
  const guess = (inputs: readonly Int32Array[]) => {
    const skill = random.int(5);
    return inputs.map((values) => {
      const words = values.slice(0, 24).reduce((sum, count) => sum + count, 0);
      return words > skill ? 40_000 + random.int(24_000) : 1_000 + random.int(30_000);
    });
  };
  // The commitment and its opening must be of the same predictions.
  const known = new Map<string, readonly number[]>();
  const predict = (inputs: readonly Int32Array[]): readonly number[] => {
    const key = inputs.map(String).join("/");
    const found = known.get(key) ?? guess(inputs);
    known.set(key, found);
    return found;
  };
  return operator(name, template, predict, { gameId, deposit, bound, isSealed });
}

/** Everybody who plays some game, once, in the order of their addresses. */
const persons = (...lists: readonly (readonly { readonly who: Person }[])[]): Person[] =>
  [...new Map(lists.flat().map(({ who }) => [who.address, who])).values()].sort((a, b) =>
    compareBytes(addressBytes(a.address), addressBytes(b.address)),
  );

/** The games and people of a plan; who is left out has an account, but says nothing. */
export function cast({ seed, games, without }: Plan): Cast {
  const members: Member[] = [];
  const operators: Operator[] = [];
  const choices: GenesisChoice[] = [];
  const strangers = ["spy", "thief"].map(person);
  const everybody = [
    ...Array.from({ length: games * MEMBERS_MAX }, (_, i) => person(`member${i}`)),
    ...Array.from({ length: OPERATORS_MAX }, (_, i) => person(`operator${i}`)),
    ...strangers,
  ];
  for (let game = 0; game < games; game++) {
    const random = seeded(`${seed} game ${game}`);
    const gameId = game === 0 ? "spam" : `game-${game}`;
    const count = 3 + random.int(MEMBERS_MAX - 2);
    const own = Array.from({ length: count }, (_, i) =>
      member(`member${game * MEMBERS_MAX + i}`, undefined, gameId),
    );
    const listed = own.map(({ who }) => who);
    const others = everybody.filter((who) => !listed.includes(who));
    const choice = gameOf(random, gameId, { members: listed, others });
    choices.push(choice);
    members.push(...own);
    const traders = random.int(OPERATORS_MAX + 1);
    for (let i = 0; i < traders; i++)
      operators.push(trader(seed, `operator${i}`, gameId, choice.sealed ?? true));
  }
  const alter = (): AppState => severalGames(choices);
  const chain = newChain({ ...(choices[0] as GenesisChoice), alter });
  const plays = ({ who }: { readonly who: Person }): boolean => !without.includes(who.name);
  const playing = { members: members.filter(plays), operators: operators.filter(plays) };
  return { world: world(chain, { ...playing, random: seeded(`${seed} secrets`) }), strangers };
}

/** Those who may be left out of a plan while it still fails. */
export const namesOf = ({ world: { members, operators } }: Cast): string[] =>
  persons(members, operators).map(({ name }) => name);
