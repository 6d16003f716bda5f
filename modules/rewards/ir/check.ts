import type { Expr } from "#proto/gen/iterum/rewards.ts";
import { ARGS_MAX, IrError, MAGNITUDE_MAX, OPERATORS, type Type } from "./ops.ts";
import type { Scope } from "./scope.ts";

/** Levels of an expression; within what the decoder reads. */
export const DEPTH_MAX = 12;

/** What an expression may see and cost. */
interface Frame<Whole, Each> {
  readonly scope: Scope<Whole, Each>;
  readonly elementsMax: number;
  readonly isInside: boolean;
  /** Types of the enclosing `let`s, outermost first. */
  readonly locals: readonly Type[];
  readonly depth: number;
}

/** The type of an expression and its static cost in nodes. */
export interface Checked {
  readonly type: Type;
  readonly cost: number;
}

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new IrError(what);
}

/** Arguments that share one frame, in order; their costs add up. */
function checkArgs<W, E>(args: readonly Expr[], frame: Frame<W, E>): { types: Type[]; cost: number } {
  const checked = args.map((arg) => check(arg, frame));
  return { types: checked.map(({ type }) => type), cost: checked.reduce((sum, { cost }) => sum + cost, 0) };
}

function checkLeaf<W, E>({ op, value, name }: Expr, { scope, isInside, locals }: Frame<W, E>): Checked {
  if (op === "const") {
    demand(value <= MAGNITUDE_MAX, "a constant is too large");
    return { type: "int", cost: 1 };
  }
  if (op === "local") {
    demand(value < BigInt(locals.length), "a local without its let");
    return { type: locals[locals.length - 1 - Number(value)] as Type, cost: 1 };
  }
  const field = (isInside ? scope.each.get(name) : undefined) ?? scope.whole.get(name);
  demand(field !== undefined, `no such field: ${name}`);
  return field;
}

function checkLoop<W, E>({ op, args }: Expr, frame: Frame<W, E>): Checked {
  demand(!frame.isInside, "sums do not nest");
  const { types, cost } = checkArgs(args, { ...frame, isInside: true });
  demand(types.length === 1 && types[0] === (op === "sum" ? "int" : "bool"), `wrong argument of ${op}`);
  return { type: "int", cost: 1 + frame.elementsMax * cost };
}

function checkLet<W, E>({ args }: Expr, frame: Frame<W, E>): Checked {
  const [bound, body] = args;
  demand(args.length === 2 && bound !== undefined && body !== undefined, "let takes a value and a body");
  const value = check(bound, frame);
  const result = check(body, { ...frame, locals: [...frame.locals, value.type] });
  return { type: result.type, cost: 1 + value.cost + result.cost };
}

function checkIf<W, E>({ args }: Expr, frame: Frame<W, E>): Checked {
  const { types, cost } = checkArgs(args, frame);
  const [condition, yes, no] = types;
  demand(types.length === 3 && condition === "bool" && yes === no, "if takes a truth value and two alike");
  return { type: yes as Type, cost: 1 + cost };
}

function checkOperator<W, E>({ op, args }: Expr, frame: Frame<W, E>): Checked {
  const isLogic = op === "and" || op === "or" || op === "not";
  const operator = isLogic
    ? {
        takes: "bool",
        gives: "bool",
        argsMin: op === "not" ? 1 : 2,
        argsMax: op === "not" ? 1 : ARGS_MAX,
        cost: 1,
      }
    : OPERATORS.get(op);
  demand(operator !== undefined, `no such operator: ${op}`);
  demand(
    args.length >= operator.argsMin && args.length <= operator.argsMax,
    `wrong number of arguments: ${op}`,
  );
  const { types, cost } = checkArgs(args, frame);
  demand(
    types.every((type) => type === operator.takes),
    `wrong type of argument: ${op}`,
  );
  return { type: operator.gives as Type, cost: operator.cost + cost };
}

function check<W, E>(expr: Expr, outer: Frame<W, E>): Checked {
  const { op, args, value, name } = expr;
  const frame = { ...outer, depth: outer.depth + 1 };
  demand(frame.depth <= DEPTH_MAX, "nested too deep");
  demand(value >= 0n, "numbers of a node are not negative");
  const isLeaf = op === "const" || op === "field" || op === "local";
  demand(name === "" || op === "field", `${op} has no name`);
  demand(value === 0n || op === "const" || op === "local", `${op} has no number`);
  demand(!isLeaf || args.length === 0, `${op} has no arguments`);
  if (isLeaf) return checkLeaf(expr, frame);
  if (op === "sum" || op === "count") return checkLoop(expr, frame);
  if (op === "let") return checkLet(expr, frame);
  return op === "if" ? checkIf(expr, frame) : checkOperator(expr, frame);
}

/**
 * The type of an expression and its static cost: nodes (dear fields count for several), those inside `sum`
 * and `count` times the most elements there can be. No evaluation visits more nodes. Throws an IrError on
 * anything that is not well formed and well typed.
 */
export const checkExpr = <W, E>(expr: Expr, scope: Scope<W, E>, elementsMax: number): Checked =>
  check(expr, { scope, elementsMax, isInside: false, locals: [], depth: 0 });
