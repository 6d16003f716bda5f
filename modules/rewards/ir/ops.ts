import { larger, smaller } from "#chain/math/bounds.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import { sqrtFloor } from "./sqrt.ts";

/** Values of reward IR v1: checked integers and truth values. */
export type Type = "int" | "bool";
export type Value = bigint | boolean;

/** No integer of a reward function is larger in magnitude. */
export const MAGNITUDE_MAX: bigint = 1n << 127n;

/** A program that is not valid, or an evaluation that fails (overflow, division by zero). */
export class IrError extends Error {
  override readonly name: string = "IrError";
}

/**
 * Operators with fixed types, whose arguments are all evaluated: types of the arguments and of the result.
 */
export interface Operator {
  readonly takes: Type;
  readonly gives: Type;
  readonly argsMin: number;
  readonly argsMax: number;
  /** What it counts for, in nodes. */
  readonly cost: number;
  /** From the values of all arguments, of the type it takes. */
  readonly apply: (...values: readonly bigint[]) => Value;
}

/** Arguments of one node. */
export const ARGS_MAX = 16;

function checked(value: bigint): bigint {
  if (value > MAGNITUDE_MAX || value < -MAGNITUDE_MAX) throw new IrError("overflow");
  return value;
}

/** ⌊a / b⌋ for any sign of b. */
function divFloor(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new IrError("division by zero");
  return b > 0n ? floorDiv(a, b) : floorDiv(-a, -b);
}

/** A root takes up to a dozen divisions. */
const SQRT_COST = 16;

function root(a: bigint): bigint {
  if (a < 0n) throw new IrError("root of a negative number");
  return sqrtFloor(a);
}

const folded = (apply: (a: bigint, b: bigint) => bigint): Operator => ({
  takes: "int",
  gives: "int",
  argsMin: 2,
  argsMax: ARGS_MAX,
  cost: 1,
  apply: (...values) => values.reduce((a, b) => checked(apply(a, b))),
});

const binary = (apply: (a: bigint, b: bigint) => Value): Operator => ({
  takes: "int",
  gives: "int",
  argsMin: 2,
  argsMax: 2,
  cost: 1,
  apply: (a, b) => apply(a as bigint, b as bigint),
});

const unary = (apply: (a: bigint) => bigint, cost: number): Operator => ({
  ...binary(apply),
  argsMin: 1,
  argsMax: 1,
  cost,
});

const comparison = (apply: (a: bigint, b: bigint) => boolean): Operator => ({
  ...binary(apply),
  gives: "bool",
});

/**
 * The arithmetic of reward IR v1. `const`, `field`, `local`, `and`, `or`, `not`, `if`, `let`, `sum` and
 * `count` are not here: they have rules of their own in check.ts and run.ts.
 */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["add", folded((a, b) => a + b)],
  ["mul", folded((a, b) => a * b)],
  ["min", folded(smaller)],
  ["max", folded(larger)],
  ["sub", binary((a, b) => checked(a - b))],
  ["divFloor", binary((a, b) => checked(divFloor(a, b)))],
  ["mod", binary((a, b) => a - b * divFloor(a, b))],
  ["abs", unary((a) => (a < 0n ? -a : a), 1)],
  ["sqrtFloor", unary(root, SQRT_COST)],
  ["eq", comparison((a, b) => a === b)],
  ["lt", comparison((a, b) => a < b)],
  ["le", comparison((a, b) => a <= b)],
]);
