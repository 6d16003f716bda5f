import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { beaconFor } from "#chain/protocol/beacon.ts";
import { drawsFrom } from "#chain/protocol/draw.ts";
import { append, type Sums } from "#modules/elections/fenwick.ts";
import { drawWeighted } from "#modules/elections/sortition.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import type { Random } from "#trainer/random.ts";
import { type Bet, type Played, play, termsOf } from "./market.ts";
import { labelled, panelFrom } from "./panel.ts";
import { depositMax, itemsOf, type Setting } from "./setting.ts";
import type { Hidden, Source } from "./sources.ts";

/** One round as everybody plays it honestly, and what those who do not need to know. */
export interface Round extends Hidden {
  readonly setting: Setting;
  readonly params: Params;
  readonly random: Random;
  /** A seed of its own for each use, from the round's beacon. */
  seed(use: string): Uint8Array;
  /** The numbers of the members who are seated, in rank order. */
  readonly seats: readonly number[];
  /** The operator, whose model is `own`, and two rivals trade at the largest deposit. */
  readonly honest: Played;
  /** The same, but the operator's model knows the true label of every item. */
  readonly told: Played;
  /** The same, but every author labels against what the operator's model says, and it knows. */
  readonly flipped: Played;
  /** For each item the seats that cross-label it, and what each seat is paid for honest labels, tokens. */
  readonly panel: readonly number[][];
  readonly honestPay: readonly number[];
  /** A guesser trades instead of the operator. */
  readonly guessed: Played;
  /** Trades what is given instead of the operator's honest order, against the rivals. */
  against(bets: readonly Bet[], use?: string): Played;
  /** Trades against so many of the rivals alone, with any deposit. */
  alone(bet: Bet, rivals: number): Played;
}

/** An urn of equal members, numbered from 0. */
function urnOf(members: number): Parameters<typeof drawWeighted>[1] {
  const nodes = new Map<number, bigint>();
  const sums: Sums = {
    get: (place) => nodes.get(place) ?? 0n,
    set: (place, sum) => void nodes.set(place, sum),
  };
  for (let place = 1; place <= members; place++) append(sums, place, 1n);
  return { size: members, sums, weightOf: () => 1n };
}

/** The members whom a beacon seats, by the rule of the chain: numbers from 0, in rank order. */
export function seated({ seats, community }: Setting, seed: Uint8Array): number[] {
  const draws = drawsFrom("iterum/election/v1", seed);
  return drawWeighted(draws, urnOf(community), seats).map((place) => place - 1);
}

/** The label that is most unlike what a model says. */
const against = (probability: number): number => (probability < 0.5 ? 1 : 0);

/** The labels that authors give who want to surprise everybody but the operator. */
export const flippedLabels = ({ own }: Hidden): number[] => Array.from(own, against);

/** What is computed when it is first asked for. */
function once<T>(make: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: make() };
    return found.value;
  };
}

/** Draws one round: data, beacon and committee. */
export function newRound(setting: Setting, source: Source, random: Random, name: string): Round {
  const hidden = source.draw(random, itemsOf(setting));
  const params = termsOf(setting.params, hidden.frequency);
  const beacon = taggedHash("test/adversary", utf8(name), u64be(BigInt(random.bits())));
  const seed = (use: string): Uint8Array => beaconFor(beacon, use);
  const deposit = depositMax(setting);
  const rivals = hidden.rivals.map((predictions): Bet => ({ deposit, predictions }));
  const trade = (bets: readonly Bet[], labels: readonly number[], use = "slices"): Played =>
    play(params, [...bets, ...rivals], labels, seed(use));
  const flips = flippedLabels(hidden);
  const honest = once(() => trade([{ deposit, predictions: hidden.own }], hidden.truth));
  const told = once(() => trade([{ deposit, predictions: hidden.truth }], hidden.truth));
  const flipped = once(() => trade([{ deposit, predictions: flips }], flips));
  const panel = once(() => panelFrom(setting, hidden.truth.length, seed("panel")));
  const honestPay = once(() => labelled(setting, panel(), (_, item) => hidden.truth[item] as number).pay);
  const guess = once(() => {
    const predictions = hidden.truth.map(() => 0.05 + 0.9 * random.unit());
    return trade([{ deposit, predictions }], hidden.truth);
  });
  return {
    ...hidden,
    ...{ setting, params, random, seed, seats: seated(setting, seed("election")) },
    get honest() {
      return honest();
    },
    get told() {
      return told();
    },
    get flipped() {
      return flipped();
    },
    get panel() {
      return panel();
    },
    get honestPay() {
      return honestPay();
    },
    get guessed() {
      return guess();
    },
    against: (bets, use) => trade(bets, hidden.truth, use),
    alone: (bet, count) =>
      play(params, [bet, ...rivals.slice(0, count)], hidden.truth, seed("slices"), { isBounded: false }),
  };
}

/** Sum over the items for which a condition holds. */
export function sumWhere(values: Float64Array, isIn: (item: number) => boolean): number {
  let sum = 0;
  for (const [item, value] of values.entries()) if (isIn(item)) sum += value;
  return sum;
}

/** What the operator's honest order earns in this round, fee apart. */
export const ownGain = ({ honest }: Round): number => honest.gains[0] as number;
export const ownByItem = ({ honest }: Round): Float64Array => honest.byItem[0] as Float64Array;
