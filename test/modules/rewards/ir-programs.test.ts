import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { builtinIds, builtinScore, LOSS_MAX_MICRONATS } from "#modules/rewards/builtins.ts";
import { call, constant, field } from "#modules/rewards/ir/build.ts";
import { IrError } from "#modules/rewards/ir/ops.ts";
import { checkProgram, itemCounter, programHash, scorer } from "#modules/rewards/ir/program.ts";
import { type ItemRecord, labelByRule, labelRuleNames } from "#modules/rewards/label-rules.ts";
import { metrics } from "#modules/rewards/metrics.ts";
import { talliesOf } from "#modules/rewards/tallies.ts";
import { Program } from "#proto/gen/iterum/rewards.ts";
import { records, rounds } from "./random-programs.ts";

const LIMITS = { itemsMax: 1000, panelSeats: 2 };
const program = (builtinId: string, rule = "own", scalar = false): Program =>
  builtinProgram(builtinId, rule, scalar) as Program;

test("each built-in score is the same natively and as a program", () => {
  for (const builtinId of builtinIds) {
    const byClass = scorer(program(builtinId));
    const byScalar = scorer(program(builtinId, "own", true));
    fc.assert(
      fc.property(rounds, (tallies) => {
        const native = builtinScore(builtinId, tallies.items);
        const written = tallies.items[0]?.scalar ? byScalar : byClass;
        assert.equal(written(tallies), native);
        assert.ok(native >= 0n && native <= 1_000_000n);
      }),
      { numRuns: 1000 },
    );
  }
});

test("each agreement rule is the same natively and as a program", () => {
  for (const rule of labelRuleNames) {
    const written = itemCounter(program("accuracy/1", rule), false);
    fc.assert(
      fc.property(records, (record) => {
        assert.equal(written(record)?.label, labelByRule(rule, record));
      }),
      { numRuns: 1000 },
    );
  }
});

const labelled = (rule: string, authorLabel: number | undefined, ...panelLabels: (number | undefined)[]) =>
  labelByRule(rule, { authorLabel, panelLabels, classes: 3 });

test("the agreement rules decide as the game says", () => {
  assert.equal(labelled("own", 2, 0, 0), 2);
  assert.equal(labelled("all", 1, 1, 1), 1);
  assert.equal(labelled("all", 1, 1, 0), undefined);
  assert.equal(labelled("all", 1, 1, undefined), 1, "one other label suffices");
  assert.equal(labelled("all", 1, undefined, undefined), undefined, "no other label does not");
  assert.equal(labelled("majority", 0, 1, 1), 1);
  assert.equal(labelled("majority", 0, 1, 2), undefined);
  assert.equal(labelled("majority", 0, 1, undefined), undefined);
  for (const rule of labelRuleNames) assert.equal(labelled(rule, undefined, 1, 1), undefined);
  assert.throws(() => labelled("any", 1), RangeError);
});

test("an item whose evaluation fails or gives no class does not count", () => {
  const record: ItemRecord = { authorLabel: 1, panelLabels: [1, 0], classes: 2 };
  const base = program("accuracy/1");
  const failing = call("divFloor", constant(1n), constant(0n));
  const counted = (changes: Partial<Program>, scalar = false) =>
    itemCounter({ ...base, ...changes }, scalar)(record);
  assert.deepEqual(counted({}), { label: 1, weight: 1n });
  for (const changes of [
    { label: constant(2n) },
    { label: call("sub", constant(0n), constant(1n)) },
    { label: failing },
    { weight: failing },
    { weight: constant(1_000_001n) },
    { use: call("eq", failing, constant(0n)) },
  ])
    assert.equal(counted(changes), undefined);
  const agreeing = call("count", call("eq", field("panelLabel"), field("authorLabel")));
  assert.equal(counted({ weight: agreeing })?.weight, 1n);
  assert.deepEqual(counted({ label: constant(1_000_000n) }, true), { label: 1_000_000, weight: 1n });
  assert.equal(counted({ label: constant(1_000_001n) }, true), undefined);
});

test("a score that fails or is out of range is the declared constant", () => {
  const tallies = { classes: 2, items: talliesOf([1], [60000], [1n], { classes: 2 }) };
  const scored = (score: Program["score"]): bigint =>
    scorer({ ...program("accuracy/1"), score, scoreOnError: 250_000 })(tallies);
  assert.equal(scored(constant(1_000_000n)), 1_000_000n);
  assert.equal(scored(constant(1_000_001n)), 250_000n);
  assert.equal(scored(call("sub", constant(0n), constant(1n))), 250_000n);
  assert.equal(scored(call("mod", constant(1n), constant(0n))), 250_000n);
});

test("built-in programs are within the cost limits of the largest game", () => {
  for (const builtinId of builtinIds)
    for (const rule of labelRuleNames)
      for (const scalar of [false, true]) checkProgram(program(builtinId, rule, scalar), LIMITS);
});

test("programs that are incomplete, ill typed or too dear are refused", () => {
  const base = program("brier/1");
  const dear = call("sum", call("add", ...Array.from({ length: 16 }, () => field("squares"))));
  const dearItem = call(
    "count",
    call("lt", call("add", ...Array(16).fill(field("majorityLabel"))), constant(9n)),
  );
  for (const changes of [
    { use: undefined },
    { score: undefined },
    { use: constant(1n) },
    { label: call("eq", constant(1n), constant(1n)) },
    { score: call("eq", constant(1n), constant(1n)) },
    { score: dear },
    { weight: call("add", dearItem, dearItem) },
    { scoreOnError: 1_000_001 },
  ])
    assert.throws(() => checkProgram({ ...base, ...changes }, LIMITS), IrError);
});

test("a program survives the wire, and its hash changes with any part of it", () => {
  const base = program("logloss/1", "all");
  assert.deepEqual(Program.decode(Program.encode(base)), base);
  const others = [
    { ...base, scoreOnError: 1 },
    { ...base, weight: constant(2n) },
    program("logloss/1", "own"),
  ];
  const hashes = [base, ...others].map((each) => toHex(programHash(each)));
  assert.equal(new Set(hashes).size, hashes.length);
});

const metricsOf = (
  labels: readonly (number | undefined)[],
  predictions: readonly number[],
  weights: readonly bigint[],
  scalar = false,
) => metrics(talliesOf(labels, predictions, weights, { classes: 2, scalar }));

test("metrics of a known round are those worked out by hand", () => {
  // p(class 1) is 3/4, 1/4, 1/4: the second item is wrong, the last is left out.
  const found = metricsOf([1, 1, 0, undefined], [49151, 16384, 16384, 1], [1n, 1n, 2n, 9n]);
  assert.equal(found.accuracyPpm, 750_000);
  assert.ok(Math.abs(found.brierPpm - (2 * (0.25 ** 2 + 0.75 ** 2 + 2 * 0.25 ** 2) * 1e6) / 4) < 30);
  assert.ok(
    Math.abs(Number(found.logLossMicronats) - (-(3 * Math.log(0.75) + Math.log(0.25)) / 4) * 1e6) < 30,
  );
  assert.deepEqual(metricsOf([undefined], [1], [1n]), { accuracyPpm: 0, brierPpm: 0, logLossMicronats: 0n });
  assert.throws(() => metricsOf([1], [1, 2], [1n]), RangeError);
  assert.throws(() => metricsOf([1], [1], []), RangeError);
});

test("metrics of scalars are those worked out by hand", () => {
  // p₁ is 3/4 and 1/4 where 1/2 and 1/5 came: a half counts as class 1.
  const found = metricsOf([500_000, 200_000], [49151, 16384], [1n, 1n], true);
  assert.equal(found.accuracyPpm, 1_000_000);
  assert.ok(Math.abs(found.brierPpm - ((2 * 0.25 ** 2 + 2 * 0.05 ** 2) / 2) * 1e6) < 30);
  const losses = [0.5 * Math.log(0.75) + 0.5 * Math.log(0.25), 0.2 * Math.log(0.25) + 0.8 * Math.log(0.75)];
  const loss = -((losses[0] as number) + (losses[1] as number)) / 2;
  assert.ok(Math.abs(Number(found.logLossMicronats) - loss * 1e6) < 30);
});

test("scalars at their ends score as the classes that they are", () => {
  const predictions = [65535, 60000, 32768, 5, 0];
  const weights = [1n, 2n, 3n, 4n, 5n];
  const at = (labels: readonly number[], scalar: boolean) =>
    talliesOf(labels, predictions, weights, { classes: 2, scalar });
  const [classes, scalars] = [at([1, 0, 1, 1, 0], false), at([1e6, 0, 1e6, 1e6, 0], true)];
  for (const id of builtinIds) assert.equal(builtinScore(id, scalars), builtinScore(id, classes), id);
  assert.deepEqual(metrics(scalars), metrics(classes));
});

test("F1 and correlation of a known table are those worked out by hand", () => {
  // Of ten items three are hits of class 1, one a miss, two false alarms, four rightly left.
  const labels = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
  const predictions = [9, 9, 9, 0, 9, 9, 0, 0, 0, 0].map((tenths) => tenths * 7281);
  const items = talliesOf(labels, predictions, Array(10).fill(7n), { classes: 2 });
  assert.equal(builtinScore("f1/1", items), 666_666n);
  const mcc = (3 * 4 - 1 * 2) / Math.sqrt(5 * 4 * 6 * 5);
  assert.ok(Math.abs(Number(builtinScore("mcc/1", items)) - (1e6 * (1 + mcc)) / 2) < 1);
});

test("the scores map certainty to their ends and the log loss of the least clip to almost nothing", () => {
  const items = (prediction: number) =>
    talliesOf([1, 0], [prediction, 65535 - prediction], [1n, 1n], {
      classes: 2,
    });
  for (const builtinId of builtinIds) {
    const nothing = builtinId === "mcc/1" ? 500_000n : 0n;
    assert.equal(builtinScore(builtinId, items(65535)), 1_000_000n);
    assert.equal(builtinScore(builtinId, items(0)), 0n);
    assert.equal(builtinScore(builtinId, []), nothing);
    assert.equal(scorer(program(builtinId))({ classes: 2, items: [] }), nothing);
  }
  const tallies = (prediction: number) => talliesOf([1], [prediction], [1n], { classes: 2 });
  assert.ok(builtinScore("logloss/1", tallies(66)) < 1100n);
  assert.ok(Math.abs(Number(LOSS_MAX_MICRONATS) - 1e6 * Math.log(1000)) < 1);
  assert.equal(builtinScore("brier/1", tallies(32768)), 750_007n);
  assert.throws(() => builtinScore("accuracy/2", []), RangeError);
});
