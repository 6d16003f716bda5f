import { sha256 } from "#chain/bytes/hash.ts";
import { u32be, u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { splitExact } from "#chain/math/mul-div.ts";
import type { Attribution, Distribution, Order, Placement, RevealedSet } from "#modules/markets/kind.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import type { State } from "#modules/markets/model-lmsr/state.ts";

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
  terms: new Uint8Array(),
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
}

export interface Round {
  readonly params: Params;
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

function randomParams(random: Random): Params {
  const classes = 2 + random.below(4);
  const liquidity = random.pick([TOKEN, 1000n * TOKEN, 123_456_789n, 10n ** 12n, 10n ** 15n]);
  const weights = Array.from({ length: classes }, () => random.between(1n, 20n));
  const spare = splitExact(1_000_000n - 50_000n * BigInt(classes), weights);
  const isUniform = random.below(3) === 0;
  const uniform = splitExact(
    1_000_000n,
    weights.map(() => 1n),
  );
  return {
    classes,
    liquidity,
    priorPpm: (isUniform ? uniform : spare.map((share) => share + 50_000n)).map(Number),
    slices: 1 + random.below(4),
    feePpm: random.pick([0, 3000, 50_000]),
    clipPpm: random.pick([1000, 10_000, Math.floor(500_000 / classes)]),
    sealed: true,
    depositMin: (liquidity + 19n) / 20n,
    depositMax: liquidity,
    ordersMax: 64,
  };
}

/**
 * A round of K 2–5, 1–16 items, up to 5 orders, 1–4 slices; orders and labels are withheld, some rounds
 * void.
 */
export function randomRound(random: Random): Round {
  const params = randomParams(random);
  const items = 1 + random.below(16);
  const traders = Array.from({ length: random.below(6) }, (_, i): Trader => {
    const bound = random.between(params.depositMin, params.depositMax);
    return {
      operator: `operator ${i}`,
      bound,
      deposit: random.pick([bound, params.depositMin, random.between(params.depositMin, bound)]),
      fate: random.pick(["settles", "settles", "settles", "settles", "is not opened", "is not proven"]),
      predictions: randomPredictions(random, items, params.classes, params.clipPpm),
    };
  });
  const weights = Array.from({ length: items }, () => random.between(0n, 1_000_000n));
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  const isOneSided = random.below(8) === 0;
  return {
    params,
    traders,
    set: {
      weights,
      totalWeight: sum + random.pick([0n, 0n, 17n]) + (sum === 0n ? 1n : 0n),
      labels: weights.map(() =>
        random.below(10) === 0 ? undefined : isOneSided ? 0 : random.below(params.classes),
      ),
      members: weights.map(() => random.below(4)),
    },
    seed: random.bytes(),
    isVoid: random.below(20) === 0,
  };
}

export interface Outcome {
  readonly state: State;
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
export function play(round: Round, budget: number, traders: readonly Trader[] = round.traders): Outcome {
  const balances = new Map<string, bigint>();
  let vault = 0n;
  const pay = (who: string, amount: bigint): void => {
    balances.set(who, (balances.get(who) ?? 0n) + amount);
    vault -= amount;
  };
  let state = modelLmsr.open(round.params);
  const become = (next: State): void => {
    state = next;
    modelLmsr.assertSound(state, vault);
  };
  pay("community", -modelLmsr.subsidy(round.params));
  become(state);
  for (const { operator, bound } of traders) {
    const { lock, fee } = modelLmsr.admit(state, placement(operator, bound));
    pay(operator, -lock - fee);
    become(modelLmsr.apply(state, placement(operator, bound)).state);
  }
  for (const { operator, fate } of traders)
    if (fate === "is not opened") become(modelLmsr.drop(state, operator));
  const opened = traders.filter(({ fate }) => fate !== "is not opened");
  const attributions: Attribution[] = [];
  if (!round.isVoid) {
    const orders = opened.map(({ operator, deposit }) => order(operator, deposit));
    become(modelLmsr.close(state, orders, round.seed));
    for (const { operator, fate } of opened)
      if (fate === "is not proven") become(modelLmsr.drop(state, operator));
    const byOperator = new Map(opened.map((trader) => [trader.operator, trader]));
    const evaluate = (operator: string) => byOperator.get(operator) as Trader;
    for (let done = false; !done; ) {
      const next = modelLmsr.step(state, round.set, evaluate, budget);
      become(next.state);
      attributions.push(...next.attributions);
      done = next.done;
    }
  }
  const settled = state;
  const { state: ended, distribution } = round.isVoid ? modelLmsr.void(state) : modelLmsr.payouts(state);
  for (const { operator, amount } of distribution.payouts) pay(operator, amount);
  pay("community", distribution.residual);
  pay("treasury", distribution.fees + distribution.forfeits);
  become(ended);
  const live = round.isVoid ? 0 : opened.filter(({ fate }) => fate === "settles").length;
  const moves = live * round.params.slices * round.set.weights.length;
  return { state: settled, distribution, attributions: summed(attributions), balances, moves };
}

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
