import { sha256 } from "#chain/bytes/hash.ts";
import { u32be, u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { splitExact } from "#chain/math/mul-div.ts";
import type {
  Attribution,
  Distribution,
  Label,
  Order,
  OrderKind,
  Placement,
  RevealedSet,
} from "#modules/markets/kind.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import type { State } from "#modules/markets/model-lmsr/state.ts";
import type { Terms } from "#modules/markets/order-state.ts";
import type { Params as WagerParams } from "#modules/markets/wager/params.ts";

export const TOKEN = 10n ** 6n;

/** Deterministic random numbers (xorshift64). */
export function randomFrom(seed: bigint) {
  const mask = (1n << 64n) - 1n;
  let state = seed;
  const next = (): bigint => {
    state ^= (state << 13n) & mask;
    state ^= state >> 7n;
    state ^= (state << 17n) & mask;
    return state;
  };
  const below = (end: number): number => Number(next() % BigInt(end));
  return {
    below,
    between: (least: bigint, most: bigint): bigint => least + (next() % (most - least + 1n)),
    pick: <T>(values: readonly T[]): T => values[below(values.length)] as T,
    shuffled: <T>(values: readonly T[]): T[] =>
      values
        .map((value) => ({ value, key: next() }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ value }) => value),
    bytes: (): Uint8Array => sha256(u64be(next())),
  };
}
export type Random = ReturnType<typeof randomFrom>;

export const hashOf = (name: string): Uint8Array => sha256(utf8(name));

export const placement = (operator: string, bound: bigint): Placement => ({
  operator,
  orderHash: hashOf(operator),
  bound,
});

export const order = (operator: string, deposit: bigint): Order => ({
  operator,
  orderHash: hashOf(operator),
  modelHash: hashOf(`model of ${operator}`),
  deposit,
});

export const PARAMS: Params = {
  classes: 2,
  liquidity: 1000n * TOKEN,
  priorPpm: [500_000, 500_000],
  slices: 1,
  feePpm: 3000,
  clipPpm: 10_000,
  sealed: true,
  depositMin: 50n * TOKEN,
  depositMax: 500n * TOKEN,
  ordersMax: 64,
};

/** What happens to an order on its way. */
export type Fate = "settles" | "is not opened" | "is not proven";

export interface Trader {
  readonly operator: string;
  readonly bound: bigint;
  readonly deposit: bigint;
  readonly fate: Fate;
  readonly predictions: readonly number[];
  readonly scorePpm: number;
}

export interface Round<P = Params> {
  readonly params: P;
  readonly traders: readonly Trader[];
  readonly set: RevealedSet;
  readonly seed: Uint8Array;
  readonly isVoid: boolean;
}

function randomPredictions(random: Random, items: number, classes: number, clipPpm: number): number[] {
  const least = BigInt(Math.ceil((clipPpm * 65535) / 1e6));
  const all: number[] = [];
  for (let item = 0; item < items; item++) {
    const isSharp = random.below(3) === 0;
    const weights = Array.from({ length: classes }, () => random.between(0n, isSharp ? 1n : 1000n));
    weights[random.below(classes)] = 1000n;
    const shares = splitExact(65535n - least * BigInt(classes), weights).map((share) =>
      Number(share + least),
    );
    all.push(...shares.slice(1));
  }
  return all;
}

function randomTerms(random: Random, size: bigint): Terms {
  const classes = random.below(3) === 0 ? 2 + random.below(15) : 2 + random.below(3);
  const weights = Array.from({ length: classes }, () => random.between(1n, 20n));
  const spare = splitExact(1_000_000n - 50_000n * BigInt(classes), weights);
  const isUniform = random.below(3) === 0;
  const uniform = splitExact(
    1_000_000n,
    weights.map(() => 1n),
  );
  return {
    classes,
    priorPpm: (isUniform ? uniform : spare.map((share) => share + 50_000n)).map(Number),
    feePpm: random.pick([0, 3000, 50_000]),
    clipPpm: random.pick([1000, 10_000, Math.floor(500_000 / classes)]),
    sealed: random.below(3) > 0,
    depositMin: (size + 19n) / 20n,
    depositMax: size,
    ordersMax: 64,
  };
}

const randomSize = (random: Random): bigint =>
  random.pick([TOKEN, 1000n * TOKEN, 123_456_789n, 10n ** 12n, 10n ** 15n]);

/** A label of either kind: a class, or shares of all classes (of two, a number in [0, 1]). */
function randomLabel(random: Random, classes: number, isScalar: boolean): Label {
  if (!isScalar) return random.below(classes);
  const weights = Array.from({ length: classes }, () => random.between(0n, 3n));
  weights[random.below(classes)] = 1n;
  return splitExact(1_000_000n, weights).map(Number);
}

function randomSet(random: Random, classes: number): RevealedSet {
  const items = 1 + random.below(16);
  const weights = Array.from({ length: items }, () => random.between(0n, 1_000_000n));
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  const isOneSided = random.below(8) === 0;
  const isScalar = random.below(4) === 0;
  return {
    weights,
    totalWeight: sum + random.pick([0n, 0n, 17n]) + (sum === 0n ? 1n : 0n),
    labels: weights.map(() =>
      random.below(10) === 0 ? undefined : isOneSided ? 0 : randomLabel(random, classes, isScalar),
    ),
    members: weights.map(() => random.below(4)),
    priorScorePpm: random.pick([0, 1_000_000, random.below(1_000_001)]),
  };
}

function randomTraders(random: Random, terms: Terms, items: number): Trader[] {
  const { depositMin, depositMax, classes, clipPpm, sealed } = terms;
  return Array.from({ length: random.below(6) }, (_, i): Trader => {
    const bound = random.between(depositMin, depositMax);
    const less = random.pick([bound, depositMin, random.between(depositMin, bound)]);
    return {
      operator: `operator ${i}`,
      bound,
      deposit: sealed ? less : bound,
      fate: random.pick(["settles", "settles", "settles", "settles", "is not opened", "is not proven"]),
      predictions: randomPredictions(random, items, classes, clipPpm),
      scorePpm: random.pick([0, 1_000_000, random.below(1_000_001)]),
    };
  });
}

function roundOf<P extends Terms>(random: Random, params: P): Round<P> {
  const set = randomSet(random, params.classes);
  const traders = randomTraders(random, params, set.weights.length);
  return { params, traders, set, seed: random.bytes(), isVoid: random.below(20) === 0 };
}

/**
 * A round of K 2–16, 1–16 items with classes or shares as labels, up to 5 orders, 1–8 slices, sealed or open;
 * orders and labels are withheld, some rounds void.
 */
export function randomRound(random: Random): Round {
  const liquidity = randomSize(random);
  return roundOf(random, { ...randomTerms(random, liquidity), liquidity, slices: 1 + random.below(8) });
}

/** The same with a wager. */
export function randomWager(random: Random): Round<WagerParams> {
  const houseStake = randomSize(random);
  return roundOf(random, { ...randomTerms(random, houseStake), houseStake });
}

export interface Outcome<S = State> {
  readonly state: S;
  readonly distribution: Distribution;
  readonly attributions: readonly Attribution[];
  /** Balances when all is over; everybody began with 0. */
  readonly balances: ReadonlyMap<string, bigint>;
  readonly moves: number;
}

/** Adds up the steps' attributions per operator and member. */
function summed(parts: readonly Attribution[]): Attribution[] {
  const sums = new Map<string, Attribution>();
  for (const part of parts) {
    const key = `${part.operator} ${part.member}`;
    sums.set(key, { ...part, gain: part.gain + (sums.get(key)?.gain ?? 0n) });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

/** Plays a round through the kind, moving money as a module would; asserts soundness after every step. */
export function playKind<P extends Terms, S>(
  kind: OrderKind<P, S>,
  round: Round<P>,
  budget: number,
  traders: readonly Trader[] = round.traders,
): Outcome<S> {
  const balances = new Map<string, bigint>();
  let vault = 0n;
  const pay = (who: string, amount: bigint): void => {
    balances.set(who, (balances.get(who) ?? 0n) + amount);
    vault -= amount;
  };
  let state = kind.open(round.params);
  const become = (next: S): void => {
    state = next;
    kind.assertSound(state, vault);
  };
  pay("community", -kind.subsidy(round.params));
  become(state);
  for (const { operator, bound } of traders) {
    const { lock, fee } = kind.admit(state, placement(operator, bound));
    pay(operator, -lock - fee);
    become(kind.apply(state, placement(operator, bound)).state);
  }
  for (const { operator, fate } of traders) if (fate === "is not opened") become(kind.drop(state, operator));
  const opened = traders.filter(({ fate }) => fate !== "is not opened");
  const attributions: Attribution[] = [];
  if (!round.isVoid) {
    const orders = opened.map(({ operator, deposit }) => order(operator, deposit));
    become(kind.close(state, orders, round.seed));
    for (const { operator, fate } of opened) if (fate === "is not proven") become(kind.drop(state, operator));
    const byOperator = new Map(opened.map((trader) => [trader.operator, trader]));
    const evaluate = (operator: string) => byOperator.get(operator) as Trader;
    for (let done = false; !done; ) {
      const next = kind.step(state, round.set, evaluate, budget);
      become(next.state);
      attributions.push(...next.attributions);
      done = next.done;
    }
  }
  const settled = state;
  const { state: ended, distribution } = round.isVoid ? kind.void(state) : kind.payouts(state);
  for (const { operator, amount } of distribution.payouts) pay(operator, amount);
  pay("community", distribution.residual);
  pay("treasury", distribution.fees + distribution.forfeits);
  become(ended);
  const live = round.isVoid ? 0 : opened.filter(({ fate }) => fate === "settles").length;
  const moves = live * kind.needs(round.params).movesPerItem * round.set.weights.length;
  return { state: settled, distribution, attributions: summed(attributions), balances, moves };
}

/** Plays a round of `model-lmsr/1`. */
export const play = (round: Round, budget: number, traders?: readonly Trader[]): Outcome =>
  playKind(modelLmsr, round, budget, traders);

/** The same round with its items in another order. */
export function withItems(round: Round, items: readonly number[]): Round {
  const { set, params } = round;
  const wide = params.classes - 1;
  const permuted = <T>(values: readonly T[]): T[] => items.map((item) => values[item] as T);
  return {
    ...round,
    traders: round.traders.map((trader) => ({
      ...trader,
      predictions: items.flatMap((item) => trader.predictions.slice(item * wide, (item + 1) * wide)),
    })),
    set: {
      ...set,
      weights: permuted(set.weights),
      labels: permuted(set.labels),
      members: permuted(set.members),
    },
  };
}

/** A seed under which the slices of n orders begin with the given one, found by trial. */
export function seedFor(isWanted: (seed: Uint8Array) => boolean): Uint8Array {
  for (let i = 0; i < 10_000; i++) if (isWanted(sha256(u32be(i)))) return sha256(u32be(i));
  throw new Error("no such seed");
}
