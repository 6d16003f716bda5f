import { assert } from "#chain/kernel/error.ts";
import { lnDown } from "#chain/math/fixed.ts";
import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import type { Attribution, Evaluations, Label, RevealedSet, Step } from "../kind.ts";
import { predictionOf } from "../order-predictions.ts";
import { PPM } from "../param-rules.ts";
import { kappa, moveTowards } from "./move.ts";
import { priorPrices } from "./params.ts";
import { type Crank, potentialOf, type State } from "./state.ts";

/** A crank while one step works on it. */
interface Run {
  readonly state: State;
  readonly set: RevealedSet;
  readonly weights: readonly bigint[];
  readonly prices: bigint[];
  /** logOf each item, where this step has computed it. */
  readonly logs: (bigint | undefined)[];
  /** Profit of each position, base units. */
  readonly gains: bigint[];
  /** Weighted differences of logarithms, of each position per member. */
  readonly attributed: readonly Map<number, bigint>[];
  slice: number;
  turn: number;
  item: number;
  movedSum: bigint;
  potential: bigint;
}

/** The order in which the positions trade in one slice: a permutation drawn from the seed. */
const turnsOf = (s: State, slice: number): number[] =>
  drawDistinct(
    drawsFrom(`iterum/model-lmsr/slice-${slice}/v1`, s.seed),
    s.positions.length,
    s.positions.length,
  );

function checkLabel(label: Label | undefined, classes: number): void {
  if (label === undefined) return;
  if (typeof label === "number") {
    assert(label >= 0 && label < classes, "labels are classes");
    return;
  }
  assert(label.length === classes && label.every((share) => share >= 0), "a share of every class");
  assert(label.reduce((sum, share) => sum + share, 0) === Number(PPM), "the shares of a label sum to one");
}

/** lnDown(p_y) of a class, 10⁻¹⁸; of shares Σ_k y_k·lnDown(p_k), 10⁻²⁴. */
function logOf(prices: readonly bigint[], label: Label): bigint {
  if (typeof label === "number") return lnDown(prices[label] as bigint);
  let sum = 0n;
  for (const [k, share] of label.entries()) if (share > 0) sum += BigInt(share) * lnDown(prices[k] as bigint);
  return sum;
}

/** What logOf each item is weighed with, so that all of them count in 10⁻²⁴. */
const scaledWeights = ({ weights, labels }: RevealedSet): bigint[] =>
  weights.map((weight, item) => (typeof labels[item] === "number" ? weight * PPM : weight));

function checkSet(s: State, set: RevealedSet): void {
  const items = set.weights.length;
  assert(set.labels.length === items && set.members.length === items, "one weight, label and member an item");
  let sum = 0n;
  for (const weight of set.weights) {
    assert(weight >= 0n, "weights are not negative");
    sum += weight;
  }
  assert(set.totalWeight > 0n && sum <= set.totalWeight, "the weights sum to at most W");
  for (const label of set.labels) checkLabel(label, s.params.classes);
  const { crank } = s;
  assert(!crank || (crank.items === items && crank.totalWeight === set.totalWeight), "the set has changed");
}

/** All items at the prior, nothing traded. */
function start(s: State, set: RevealedSet, weights: readonly bigint[]): Crank {
  const prior = priorPrices(s.params);
  let sum = 0n;
  for (const [item, label] of set.labels.entries())
    if (label !== undefined) sum += (weights[item] as bigint) * logOf(prior, label);
  const potential = potentialOf(s.params.liquidity, sum, set.totalWeight);
  return {
    items: set.weights.length,
    totalWeight: set.totalWeight,
    slice: 0,
    turn: 0,
    item: 0,
    movedSum: 0n,
    potentialStart: potential,
    potential,
    prices: set.weights.flatMap(() => prior),
  };
}

/** Moves one item and books the difference of its logarithm; unlabelled items move without money. */
function moveItem(run: Run, index: number, predictions: ArrayLike<number>, factor: bigint): void {
  const { classes } = run.state.params;
  const { item, set } = run;
  const at = item * classes;
  const label = set.labels[item];
  const old = run.prices.slice(at, at + classes);
  const moved = moveTowards(old, predictionOf(predictions, item, classes), factor);
  for (const [k, price] of moved.entries()) run.prices[at + k] = price;
  run.item++;
  if (label === undefined) return;
  const before = run.logs[item] ?? logOf(old, label);
  const isStill = typeof label === "number" && moved[label] === old[label];
  const after = isStill ? before : logOf(moved, label);
  const weight = run.weights[item] as bigint;
  run.logs[item] = after;
  run.movedSum += weight * after;
  const member = set.members[item] as number;
  const ofMembers = run.attributed[index] as Map<number, bigint>;
  ofMembers.set(member, (ofMembers.get(member) ?? 0n) + weight * (after - before));
}

/** Ends a turn: what it earned is the difference of Φ. */
function endTurn(run: Run, index: number): void {
  const potential = potentialOf(run.state.params.liquidity, run.movedSum, run.set.totalWeight);
  run.gains[index] = (run.gains[index] as bigint) + potential - run.potential;
  run.potential = potential;
  run.movedSum = 0n;
  run.item = 0;
}

/** Trades until the budget is spent or all slices are done; says whether they are. */
function trade(run: Run, evaluations: Evaluations, budget: number): boolean {
  const { params, positions } = run.state;
  const items = run.set.weights.length;
  let left = budget;
  for (; run.slice < params.slices; run.slice++, run.turn = 0) {
    const turns = turnsOf(run.state, run.slice);
    for (; run.turn < turns.length; run.turn++) {
      const index = turns[run.turn] as number;
      const position = positions[index] as (typeof positions)[number];
      if (position.isForfeited) continue;
      const { predictions } = evaluations(position.operator);
      assert(predictions.length === items * (params.classes - 1), "predictions of every item");
      const factor = kappa(params, position.deposit);
      for (; left > 0 && run.item < items; left--) moveItem(run, index, predictions, factor);
      if (run.item < items) return false;
      endTurn(run, index);
    }
  }
  return true;
}

function attributions(run: Run): Attribution[] {
  return run.state.positions.flatMap(({ operator }, index) =>
    [...(run.attributed[index] as Map<number, bigint>)]
      .sort(([a], [b]) => a - b)
      .map(([member, gain]) => ({ operator, member, gain })),
  );
}

/**
 * Settles at most `budget` item-moves further. The first step starts at the prior; a step of a settled market
 * changes nothing. Orders trade slice by slice, each slice in its own permutation, items in canonical order.
 */
export function step(s: State, set: RevealedSet, evaluations: Evaluations, budget: number): Step<State> {
  if (s.phase === "settled") return { state: s, done: true, attributions: [] };
  assert(s.phase === "closed" || s.phase === "settling", "only a closed market settles");
  assert(Number.isInteger(budget) && budget > 0, "a step has a budget");
  checkSet(s, set);
  const weights = scaledWeights(set);
  const crank = s.crank ?? start(s, set, weights);
  const { items, totalWeight, potentialStart } = crank;
  const run: Run = {
    ...crank,
    state: s,
    set,
    weights,
    prices: [...crank.prices],
    logs: [],
    gains: s.positions.map(({ gain }) => gain),
    attributed: s.positions.map(() => new Map()),
  };
  const done = trade(run, evaluations, budget);
  const { slice, turn, item, movedSum, potential, prices } = run;
  return {
    state: {
      ...s,
      phase: done ? "settled" : "settling",
      positions: s.positions.map((position, index) => ({ ...position, gain: run.gains[index] as bigint })),
      crank: { items, totalWeight, slice, turn, item, movedSum, potentialStart, potential, prices },
    },
    done,
    attributions: attributions(run),
  };
}
