import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainBug, ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import { DecodeError } from "#chain/proto/error.ts";
import type { RevealedSet } from "#modules/markets/kind.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { kindOf } from "#modules/markets/kinds.ts";
import { largestBounds } from "#modules/markets/largest-bounds.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import type { State } from "#modules/markets/model-lmsr/state.ts";
import { hashOf, order, PARAMS, placement, seedFor, TOKEN } from "./lmsr-rounds.ts";

const in65535ths = (values: readonly number[]): number[] => values.map((value) => Math.round(65535 * value));
const MODELS: Readonly<Record<string, readonly number[]>> = {
  A: in65535ths([0.9, 0.2, 0.7, 0.4]),
  B: in65535ths([0.8, 0.1, 0.9, 0.7]),
};
const SET: RevealedSet = {
  weights: [1n, 1n, 1n, 1n],
  totalWeight: 4n,
  labels: [1, 0, 1, 1],
  members: [0, 0, 1, 1],
  priorScorePpm: 0,
};
const evaluate = (operator: string) => ({ predictions: MODELS[operator] ?? [], scorePpm: 0 });
const failsWith = (error: ErrorFactory, attempt: () => unknown): void =>
  assert.throws(attempt, (thrown) => thrown instanceof ChainError && thrown.code === error.code);
const closeTo = (micro: bigint | undefined, tokens: number): void =>
  assert.ok(Math.abs(Number(micro) / 1e6 - tokens) < 0.01, `${micro} is not ${tokens} tokens`);

function opened(operators: readonly string[], params: Params = PARAMS): State {
  let state = modelLmsr.open(params);
  for (const operator of operators)
    state = modelLmsr.apply(state, placement(operator, params.depositMax)).state;
  return state;
}

function closed(seed: Uint8Array = new Uint8Array(32)): State {
  const orders = ["A", "B"].map((operator) => order(operator, 500n * TOKEN));
  return modelLmsr.close(opened(["A", "B"]), orders, seed);
}

/** The worked example of the design, in the order of turns that the first operator named begins. */
function example(first: "A" | "B"): State {
  const second = first === "A" ? "B" : "A";
  const isFirst = (seed: Uint8Array): boolean => {
    const state = modelLmsr.step(closed(seed), SET, evaluate, 5).state;
    return state.positions.find(({ operator }) => operator === second)?.gain === 0n;
  };
  return modelLmsr.step(closed(seedFor(isFirst)), SET, evaluate, 1000).state;
}

const gainOf = (state: State, operator: string): bigint | undefined =>
  state.positions.find((position) => position.operator === operator)?.gain;

test("the worked example, A before B, gives the figures of the design", () => {
  const state = example("A");
  closeTo(gainOf(state, "A"), 193.06);
  closeTo(gainOf(state, "B"), 229.56);
  closeTo(-(state.crank?.potential as bigint), 270.527);
  closeTo(state.subsidy, 693.147);
  assert.deepEqual(
    [
      gainOf(state, "A"),
      gainOf(state, "B"),
      state.crank?.potential,
      state.crank?.potentialStart,
      state.subsidy,
    ],
    [193_061_531n, 229_559_124n, -270_526_526n, -693_147_181n, 693_147_181n],
  );
  const prices = (state.crank?.prices ?? []).filter((_, at) => at % 2 === 1).map((p) => Number(p) / 1e18);
  for (const [i, expected] of [0.8, 0.1839, 0.8161, 0.6361].entries())
    assert.ok(Math.abs((prices[i] as number) - expected) < 1e-4);
  closeTo(modelLmsr.payouts(state).distribution.residual, 270.527);
});

test("the worked example, B before A, gives the figures of the design", () => {
  const state = example("B");
  closeTo(gainOf(state, "B"), 331.8);
  closeTo(gainOf(state, "A"), -49.76);
  assert.deepEqual([gainOf(state, "A"), gainOf(state, "B")], [-49_755_694n, 331_796_559n]);
});

test("a market goes to the store and back at every stage", () => {
  const stages = [
    opened(["A", "B"]),
    closed(),
    modelLmsr.step(closed(), SET, evaluate, 3).state,
    example("A"),
  ];
  stages.push(modelLmsr.payouts(example("A")).state, modelLmsr.void(opened(["A"])).state);
  for (const state of stages) assert.deepEqual(modelLmsr.state.decode(modelLmsr.state.encode(state)), state);
  assert.deepEqual(modelLmsr.params.decode(modelLmsr.params.encode(PARAMS)), PARAMS);
  assert.throws(() => modelLmsr.state.decode(new Uint8Array()), DecodeError);
  const bytes = modelLmsr.state.encode(example("A"));
  assert.throws(() => modelLmsr.state.decode(bytes.subarray(0, -1)), DecodeError);
});

test("the kind is found by its id and by no other", () => {
  assert.equal(kindOf("model-lmsr/1")?.id, "model-lmsr/1");
  assert.equal(kindOf("model-lmsr/2"), undefined);
});

test("the largest bounds keep the slots, ties go to the smaller hash", () => {
  const hash = (byte: number): Uint8Array => Uint8Array.of(byte);
  const orders = [
    { bound: 5n, orderHash: hash(3) },
    { bound: 9n, orderHash: hash(9) },
    { bound: 5n, orderHash: hash(1) },
  ];
  const { stay, leave } = largestBounds(orders, 2);
  assert.deepEqual([stay, leave], [[orders[1], orders[2]], [orders[0]]]);
});

test("a larger bound takes the slot of the smallest, an equal or smaller one is refused", () => {
  const params = { ...PARAMS, ordersMax: 2 };
  let state = modelLmsr.open(params);
  for (const [operator, tokens] of [
    ["A", 100n],
    ["B", 200n],
  ] as const)
    state = modelLmsr.apply(state, placement(operator, tokens * TOKEN)).state;
  failsWith(kindErrors.SlotsTaken, () => modelLmsr.admit(state, placement("C", 99n * TOKEN)));
  const { state: next, displaced } = modelLmsr.apply(state, placement("C", 101n * TOKEN));
  assert.deepEqual(displaced, [placement("A", 100n * TOKEN)]);
  assert.deepEqual(next.positions.map(({ operator }) => operator).sort(), ["B", "C"]);
});

test("an order locks its bound and pays the fee on it, rounded up", () => {
  assert.deepEqual(modelLmsr.admit(modelLmsr.open(PARAMS), placement("A", 50n * TOKEN + 1n)), {
    lock: 50n * TOKEN + 1n,
    fee: 150_001n,
  });
});

test("bounds out of range and a second order are refused", () => {
  const state = opened(["A"]);
  failsWith(kindErrors.BoundRefused, () => modelLmsr.admit(state, placement("B", 50n * TOKEN - 1n)));
  failsWith(kindErrors.BoundRefused, () => modelLmsr.admit(state, placement("B", 500n * TOKEN + 1n)));
  failsWith(kindErrors.OperatorHasOrder, () => modelLmsr.admit(state, placement("A", 100n * TOKEN)));
});

test("opened terms must belong to the order and stay within its bound", () => {
  const state = opened(["A"]);
  modelLmsr.checkOrder(state, order("A", 50n * TOKEN));
  failsWith(kindErrors.DepositRefused, () => modelLmsr.checkOrder(state, order("A", 50n * TOKEN - 1n)));
  failsWith(kindErrors.DepositRefused, () => modelLmsr.checkOrder(state, order("A", 500n * TOKEN + 1n)));
  failsWith(kindErrors.OrderUnknown, () => modelLmsr.checkOrder(state, order("B", 50n * TOKEN)));
  const foreign = { ...order("A", 50n * TOKEN), orderHash: hashOf("B") };
  failsWith(kindErrors.OrderUnknown, () => modelLmsr.checkOrder(state, foreign));
  const clear = opened(["A"], { ...PARAMS, sealed: false });
  failsWith(kindErrors.DepositRefused, () => modelLmsr.checkOrder(clear, order("A", 499n * TOKEN)));
});

test("predictions must be complete and keep every class at the clip", () => {
  const state = opened(["A"]);
  modelLmsr.checkPredictions(state, 2, [656, 64879]);
  for (const predictions of [[656], [655, 30000], [30000, 64880], [30000, 65536], [1, 2, 3]])
    failsWith(kindErrors.PredictionsRefused, () => modelLmsr.checkPredictions(state, 2, predictions));
});

test("a dropped order is gone for good, and only once", () => {
  const state = modelLmsr.drop(opened(["A", "B"]), "A");
  failsWith(kindErrors.OrderUnknown, () => modelLmsr.drop(state, "A"));
  failsWith(kindErrors.OrderUnknown, () => modelLmsr.checkOrder(state, order("A", 50n * TOKEN)));
  const { distribution } = modelLmsr.void(state);
  assert.deepEqual(
    distribution.payouts.map(({ operator, amount }) => [operator, amount]),
    [["B", 501_500_000n]],
  );
  assert.deepEqual([distribution.forfeits, distribution.fees], [500n * TOKEN, 1_500_000n]);
});

test("a market closes only with exactly the live orders", () => {
  const state = opened(["A", "B"]);
  const seed = new Uint8Array(32);
  const [a, b] = [order("A", 500n * TOKEN), order("B", 500n * TOKEN)];
  assert.throws(() => modelLmsr.close(state, [a], seed), ChainBug);
  assert.throws(() => modelLmsr.close(state, [a, a], seed), ChainBug);
  assert.throws(() => modelLmsr.close(state, [a, b], new Uint8Array(31)), ChainBug);
  assert.throws(() => modelLmsr.close(modelLmsr.close(state, [a, b], seed), [a, b], seed), ChainBug);
});

test("a closed market cannot be void, a settled one neither loses an order nor pays twice", () => {
  assert.throws(() => modelLmsr.void(closed()), ChainBug);
  const settled = example("A");
  assert.throws(() => modelLmsr.void(settled), ChainBug);
  assert.throws(() => modelLmsr.drop(settled, "A"), ChainBug);
  assert.throws(() => modelLmsr.payouts(closed()), ChainBug);
  const { state } = modelLmsr.payouts(settled);
  for (const attempt of [modelLmsr.payouts, modelLmsr.void]) assert.throws(() => attempt(state), ChainBug);
  const once = modelLmsr.void(opened(["A"])).state;
  assert.throws(() => modelLmsr.void(once), ChainBug);
  assert.throws(() => modelLmsr.admit(closed(), placement("C", 50n * TOKEN)), ChainBug);
});

test("a further step of a settled market has no effect", () => {
  const settled = example("A");
  assert.deepEqual(modelLmsr.step(settled, SET, evaluate, 7), {
    state: settled,
    done: true,
    attributions: [],
  });
});

test("a step refuses another set than it began with, missing predictions and no budget", () => {
  const { state } = modelLmsr.step(closed(), SET, evaluate, 3);
  assert.throws(() => modelLmsr.step(state, { ...SET, totalWeight: 5n }, evaluate, 3), ChainBug);
  assert.throws(() => modelLmsr.step(state, { ...SET, totalWeight: 3n }, evaluate, 3), ChainBug);
  assert.throws(() => modelLmsr.step(state, { ...SET, labels: [1, 0, 1, 2] }, evaluate, 3), ChainBug);
  assert.throws(
    () => modelLmsr.step(state, SET, () => ({ predictions: [1, 2, 3], scorePpm: 0 }), 3),
    ChainBug,
  );
  assert.throws(() => modelLmsr.step(state, SET, evaluate, 0), ChainBug);
});

test("items without a label cost and earn nothing while W stays", () => {
  const silent = { ...SET, labels: [undefined, undefined, undefined, undefined] };
  const { state } = modelLmsr.step(closed(), silent, evaluate, 1000);
  assert.deepEqual([gainOf(state, "A"), gainOf(state, "B"), state.crank?.potential], [0n, 0n, 0n]);
  const half = { ...SET, labels: [1, 0, undefined, undefined] };
  const { crank } = modelLmsr.step(closed(), half, evaluate, 1000).state;
  closeTo(crank?.potentialStart, -693.147 / 2);
});

test("an unsound vault stops the node", () => {
  const settled = example("A");
  const vault = 693_147_181n + 1000n * TOKEN + 3n * TOKEN;
  modelLmsr.assertSound(settled, vault);
  assert.throws(() => modelLmsr.assertSound(settled, vault - 1n), ChainBug);
  assert.throws(() => modelLmsr.assertSound(settled, vault + 1n), ChainBug);
  const positions = settled.positions.map((position) => ({ ...position, gain: position.gain + 1n }));
  assert.throws(() => modelLmsr.assertSound({ ...settled, positions }, vault), ChainBug);
  const crank = settled.crank && { ...settled.crank, prices: settled.crank.prices.with(0, 1n) };
  assert.throws(() => modelLmsr.assertSound({ ...settled, crank }, vault), ChainBug);
});
