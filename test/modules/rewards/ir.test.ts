import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBigints } from "#chain/bytes/compare.ts";
import { call, constant, field, local } from "#modules/rewards/ir/build.ts";
import { checkExpr, DEPTH_MAX } from "#modules/rewards/ir/check.ts";
import { IrError, MAGNITUDE_MAX, type Value } from "#modules/rewards/ir/ops.ts";
import { prepare } from "#modules/rewards/ir/run.ts";
import { ITEM_SCOPE, SCORE_SCOPE, type Tallies } from "#modules/rewards/ir/scope.ts";
import type { Tally } from "#modules/rewards/tallies.ts";
import { Expr } from "#proto/gen/iterum/rewards.ts";
import { readField, rounds, scoreExpressions } from "./random-programs.ts";

const ITEMS_MAX = 8;
const EMPTY: Tallies = { classes: 2, items: [] };

class Failure extends Error {}

function ranged(value: bigint): bigint {
  if (value > 2n ** 127n || value < -(2n ** 127n)) throw new Failure();
  return value;
}

/** ⌊a / b⌋ by the definition of the remainder: the sign of b, smaller than b. */
function floorQuotient(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Failure();
  let remainder = a % b;
  if (remainder !== 0n && remainder < 0n !== b < 0n) remainder += b;
  return (a - remainder) / b;
}

/** ⌊√value⌋ digit by digit from the top bit. */
function squareRoot(value: bigint): bigint {
  if (value < 0n) throw new Failure();
  let root = 0n;
  for (let bit = 1n << 64n; bit > 0n; bit >>= 1n) if ((root + bit) ** 2n <= value) root += bit;
  return root;
}

/** A second evaluator, written from the description: walks the tree, keeps an environment of its own. */
function walk(expr: Expr, tallies: Tallies, tally: Tally | undefined, locals: readonly Value[]): Value {
  const at = (index: number): Value => walk(expr.args[index] as Expr, tallies, tally, locals);
  const int = (index: number): bigint => at(index) as bigint;
  const rest = (): number[] => expr.args.map((_, index) => index).slice(1);
  const fold = (join: (a: bigint, b: bigint) => bigint): bigint =>
    rest().reduce((value, index) => ranged(join(value, int(index))), int(0));
  const over = (value: (element: Value) => bigint): bigint =>
    tallies.items.reduce(
      (sum, item) => ranged(sum + value(walk(expr.args[0] as Expr, tallies, item, locals))),
      0n,
    );
  const forms: Readonly<Record<string, () => Value>> = {
    const: () => expr.value,
    local: () => locals.at(-1 - Number(expr.value)) as Value,
    field: () => {
      if (expr.name === "items") return BigInt(tallies.items.length);
      if (expr.name === "classes") return BigInt(tallies.classes);
      return readField(expr.name, tally as Tally);
    },
    add: () => fold((a, b) => a + b),
    mul: () => fold((a, b) => a * b),
    min: () => fold((a, b) => [a, b].sort(compareBigints)[0] as bigint),
    max: () => fold((a, b) => [a, b].sort(compareBigints)[1] as bigint),
    sub: () => ranged(int(0) - int(1)),
    divFloor: () => ranged(floorQuotient(int(0), int(1))),
    mod: () => {
      const [a, b] = [int(0), int(1)];
      return a - b * floorQuotient(a, b);
    },
    abs: () => (int(0) < 0n ? -int(0) : int(0)),
    sqrtFloor: () => squareRoot(int(0)),
    eq: () => int(0) === int(1),
    lt: () => int(0) < int(1),
    le: () => int(0) <= int(1),
    and: () => rest().reduce((value: Value, index) => value && at(index), at(0)),
    or: () => rest().reduce((value: Value, index) => value || at(index), at(0)),
    not: () => !at(0),
    if: () => (at(0) ? at(1) : at(2)),
    let: () => walk(expr.args[1] as Expr, tallies, tally, [...locals, at(0)]),
    sum: () => over((value) => value as bigint),
    count: () => over((value) => (value ? 1n : 0n)),
  };
  return (forms[expr.op] as () => Value)();
}

function outcome(evaluate: () => Value): Value | "failure" {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof Failure || error instanceof IrError) return "failure";
    throw error;
  }
}

test("random programs cost no more than promised and mean the same to two evaluators", (t) => {
  let [failures, visited] = [0, 0];
  fc.assert(
    fc.property(scoreExpressions, rounds, (expr, tallies) => {
      const { type, cost } = checkExpr(expr, SCORE_SCOPE, ITEMS_MAX);
      const value = outcome(() => {
        const result = prepare(expr, SCORE_SCOPE)(tallies);
        assert.ok(result.nodes <= cost, `${result.nodes} nodes visited, ${cost} promised`);
        assert.equal(typeof result.value, type === "int" ? "bigint" : "boolean");
        visited += result.nodes;
        return result.value;
      });
      failures += value === "failure" ? 1 : 0;
      assert.equal(
        value,
        outcome(() => walk(expr, tallies, undefined, [])),
      );
      assert.deepEqual(Expr.decode(Expr.encode(expr)), expr);
    }),
    { numRuns: 5000 },
  );
  t.diagnostic(`${failures} of 5000 failed, ${visited} nodes visited`);
  assert.ok(failures > 50 && failures < 4000);
});

const evaluated = (expr: Expr, tallies: Tallies = EMPTY): Value => {
  checkExpr(expr, SCORE_SCOPE, ITEMS_MAX);
  return prepare(expr, SCORE_SCOPE)(tallies).value;
};
const minus = (value: bigint): Expr => call("sub", constant(0n), constant(value));

test("division and remainder round towards minus infinity", () => {
  assert.equal(evaluated(call("divFloor", minus(7n), constant(2n))), -4n);
  assert.equal(evaluated(call("divFloor", constant(7n), minus(2n))), -4n);
  assert.equal(evaluated(call("mod", minus(7n), constant(2n))), 1n);
  assert.equal(evaluated(call("mod", constant(7n), minus(2n))), -1n);
});

test("a root is rounded down, and there is none of a negative number", () => {
  const root = (value: bigint): Value => evaluated(call("sqrtFloor", constant(value)));
  assert.deepEqual([0n, 1n, 3n, 4n, 99n, 100n].map(root), [0n, 1n, 1n, 2n, 9n, 10n]);
  assert.equal(root(MAGNITUDE_MAX), 13_043_817_825_332_782_212n);
  assert.throws(() => evaluated(call("sqrtFloor", minus(1n))), IrError);
});

test("what is not needed is not evaluated", () => {
  const failing = call("eq", call("divFloor", constant(1n), constant(0n)), constant(0n));
  const [yes, no] = [call("eq", constant(0n), constant(0n)), call("lt", constant(0n), constant(0n))];
  assert.equal(evaluated(call("and", no, failing)), false);
  assert.equal(evaluated(call("or", yes, failing)), true);
  assert.equal(evaluated(call("if", yes, no, failing)), false);
  assert.throws(() => evaluated(call("and", yes, failing)), IrError);
});

test("numbers beyond 2^127 fail, 2^127 itself does not", () => {
  const most = constant(MAGNITUDE_MAX);
  assert.equal(evaluated(call("sub", constant(0n), most)), -MAGNITUDE_MAX);
  assert.throws(() => evaluated(call("add", most, constant(1n))), IrError);
  assert.throws(() => evaluated(call("mul", most, constant(2n))), IrError);
});

test("a let is evaluated once and seen inside sums", () => {
  const expr = call("let", constant(5n), call("let", constant(7n), call("sub", local(0), local(1))));
  assert.equal(evaluated(expr), 2n);
});

test("the cost of a sum is its body times the most items, dear fields count for several nodes", () => {
  const cost = (expr: Expr): number => checkExpr(expr, SCORE_SCOPE, 100).cost;
  assert.equal(cost(call("sum", call("add", field("weight"), constant(1n)))), 301);
  assert.equal(cost(call("sum", field("squares"))), 401);
  assert.equal(cost(call("sqrtFloor", constant(9n))), 17);
  assert.equal(cost(call("add", constant(1n), call("count", call("eq", constant(1n), constant(1n))))), 303);
});

test("fields of elements hide no field of the whole", () => {
  for (const { whole, each } of [ITEM_SCOPE, SCORE_SCOPE])
    for (const name of each.keys()) assert.ok(!whole.has(name), name);
});

const one = constant(1n);
const truth = call("eq", one, one);
const tooDeep = Array.from({ length: DEPTH_MAX }).reduce<Expr>((inner) => call("abs", inner), one);
const refused: Readonly<Record<string, Expr>> = {
  "an unknown operator": call("pow", one, one),
  "an unknown field": field("weight"),
  "a nested sum": call("sum", call("sum", one)),
  "a truth value in arithmetic": call("add", one, truth),
  "a number in logic": call("and", truth, one),
  "branches of different types": call("if", truth, one, truth),
  "a number as a condition": call("if", one, one, one),
  "a sum of truth values": call("sum", truth),
  "a count of numbers": call("count", one),
  "too few arguments": call("add", one),
  "too many arguments": call("add", ...Array.from({ length: 17 }, () => one)),
  "a subtraction of three": call("sub", one, one, one),
  "a local without its let": local(0),
  "a local beyond its let": call("let", one, local(1)),
  "a local outside its let": call("add", call("let", one, local(0)), local(0)),
  "arguments of a constant": { ...one, args: [one] },
  "a number on an operator": { ...call("abs", one), value: 1n },
  "a name on a constant": { ...one, name: "x" },
  "a negative constant": constant(-1n),
  "a constant beyond the range": constant(MAGNITUDE_MAX + 1n),
  "an expression that is too deep": tooDeep,
};

test("what is not well formed or not well typed is refused", () => {
  for (const [what, expr] of Object.entries(refused))
    assert.throws(() => checkExpr(expr, SCORE_SCOPE, ITEMS_MAX), IrError, what);
  const deepest = tooDeep.args[0] as Expr;
  assert.equal(checkExpr(deepest, SCORE_SCOPE, ITEMS_MAX).type, "int");
});
