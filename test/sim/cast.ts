import { compareBytes } from "#chain/bytes/compare.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { flatStore } from "#test/kit/flat-store.ts";
import { examples } from "#test/kit/game/items.ts";
import { type Member, member } from "#test/kit/game/member.ts";
import { type Operator, operator } from "#test/kit/game/operator.ts";
import { type World, world } from "#test/kit/game/play.ts";
import type { Random } from "#test/kit/game/random.ts";
import { type GenesisChoice, TOKEN } from "#test/kit/genesis.ts";
import { severalGames } from "#test/kit/several.ts";
import { shamSigner, shamVerifier } from "#test/kit/sham.ts";
import { type GameChoice, gameOf, template } from "./games.ts";
import type { Plan } from "./plan.ts";
import { swift } from "./swift.ts";

const MEMBERS_MAX = 5;
const OPERATORS_MAX = 3;
const ITEMS_MAX = 4;
/** So often a member trades in its own game, and so is not drawn. */
const INSIDER_CHANCE = 0.3;

/** One app alone, whose transactions are not really signed. */
const SWIFT = { twin: false, invariants: "cheap", signer: shamSigner, signatures: shamVerifier } as const;

/** Everybody on the stage; strangers belong to no game. */
export interface Cast {
  readonly world: World;
  readonly games: readonly GameChoice[];
  /** Those who buy and sell shares, each with the model that it names. */
  readonly traders: readonly Operator[];
  readonly strangers: readonly Person[];
}

/** An operator whose skill, stake and predictions follow from the seed and its name. */
function bettor(seed: string, name: string, { gameId, sealed }: GameChoice): Operator {
  const random = swift(`${seed} ${name} in ${gameId}`);
  const deposit = BigInt(50 + random.int(300)) * TOKEN;
  const bound = deposit + BigInt(random.int(150)) * TOKEN;
  const guess = (inputs: readonly Int32Array[]) => {
    const skill = random.int(5);
    return inputs.map((values) => {
      const words = values.slice(0, 24).reduce((sum, count) => sum + count, 0);
      return words > skill ? 40_000 + random.int(24_000) : 1_000 + random.int(30_000);
    });
  };
  // The commitment and its opening must be of the same predictions: of the last round, and the one before.
  let known: readonly (readonly [string, readonly number[]])[] = [];
  const predict = (inputs: readonly Int32Array[]): readonly number[] => {
    const key = inputs.map(String).join("/");
    const found = known.find(([each]) => each === key)?.[1] ?? guess(inputs);
    known = [...known.filter(([each]) => each !== key).slice(-1), [key, found]];
    return found;
  };
  return operator(name, template, predict, { gameId, deposit, bound, isSealed: sealed });
}

/** Everybody who plays some game, once, in the order of their addresses. */
const persons = (...lists: readonly (readonly { readonly who: Person }[])[]): Person[] =>
  [...new Map(lists.flat().map(({ who }) => [who.address, who])).values()].sort((a, b) =>
    compareBytes(addressBytes(a.address), addressBytes(b.address)),
  );

/** A game's members, whose sets have one to five items. */
function membersOf(random: Random, game: number, gameId: string): Member[] {
  const count = 3 + random.int(MEMBERS_MAX - 2);
  const texts = () => examples(1 + random.int(ITEMS_MAX), random);
  return Array.from({ length: count }, (_, i) => member(`member${game * MEMBERS_MAX + i}`, texts, gameId));
}

/** The names of those who trade in a game: operators, and sometimes a member. */
function namesOfTraders(random: Random, members: readonly Member[]): string[] {
  const count = random.pick([0, 0, 1, 1, 1, OPERATORS_MAX]);
  const names = Array.from({ length: count }, (_, i) => `operator${i}`);
  return random.chance(INSIDER_CHANCE) ? [...names, random.pick(members).who.name] : names;
}

/** The games and people of a plan; who is left out has an account, but says nothing. */
export function cast({ seed, games: count, without, isThorough }: Plan): Cast {
  const members: Member[] = [];
  const operators: Operator[] = [];
  const traders: Operator[] = [];
  const games: GameChoice[] = [];
  const strangers = ["spy", "thief"].map(person);
  const everybody = [
    ...Array.from({ length: count * MEMBERS_MAX }, (_, i) => person(`member${i}`)),
    ...Array.from({ length: OPERATORS_MAX }, (_, i) => person(`operator${i}`)),
    ...strangers,
  ];
  for (let game = 0; game < count; game++) {
    const random = swift(`${seed} game ${game}`);
    const gameId = game === 0 ? "spam" : `game-${game}`;
    const own = membersOf(random, game, gameId);
    const listed = own.map(({ who }) => who);
    const others = everybody.filter((who) => !listed.includes(who));
    const choice = gameOf(random, gameId, { members: listed, others });
    games.push(choice);
    members.push(...own);
    const all = namesOfTraders(random, own).map((name) => bettor(seed, name, choice));
    (choice.kind === "lmsr/1" ? traders : operators).push(...all);
  }
  const alter = (): AppState => severalGames(games);
  const options = isThorough ? {} : { ...SWIFT, store: flatStore() };
  const chain = newChain({ ...(games[0] as GenesisChoice), alter }, options);
  const plays = ({ who }: { readonly who: Person }): boolean => !without.includes(who.name);
  const playing = { members: members.filter(plays), operators: operators.filter(plays) };
  return {
    world: world(chain, { ...playing, random: swift(`${seed} secrets`) }),
    games,
    traders: traders.filter(plays),
    strangers,
  };
}

/** Everybody on the stage who is not a stranger. */
export const playersOf = ({ world: { members, operators }, traders }: Cast): Person[] =>
  persons(members, operators, traders);

/** Those who may be left out of a plan while it still fails. */
export const namesOf = (stage: Cast): string[] => playersOf(stage).map(({ name }) => name);
