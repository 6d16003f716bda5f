import type { Expr } from "#proto/gen/iterum/rewards.ts";
import { IrError, MAGNITUDE_MAX, OPERATORS, type Operator, type Value } from "./ops.ts";
import type { Field, Scope } from "./scope.ts";

/** The state of one evaluation. */
interface Run<Whole, Each> {
  readonly whole: Whole;
  each: Each | undefined;
  /** Values of the enclosing `let`s, outermost first. */
  readonly locals: Value[];
  /** Nodes visited. */
  nodes: number;
}
type Eval<Whole, Each> = (run: Run<Whole, Each>) => Value;

function compileLeaf<W, E>({ op, value, name }: Expr, scope: Scope<W, E>): Eval<W, E> {
  if (op === "const") return () => value;
  if (op === "local") {
    const distance = Number(value) + 1;
    return ({ locals }) => locals[locals.length - distance] as Value;
  }
  const each = scope.each.get(name);
  if (each) return (run) => each.read(run.each as E);
  const whole = scope.whole.get(name) as Field<W>;
  return (run) => whole.read(run.whole);
}

/** `sum` adds its argument up over the elements, `count` counts those for which it is true. */
function compileLoop<W, E>({ op, args }: Expr, scope: Scope<W, E>): Eval<W, E> {
  const body = compile(args[0] as Expr, scope);
  return (run) => {
    let sum = 0n;
    for (const element of scope.elements(run.whole)) {
      run.each = element;
      const value = body(run);
      sum += op === "sum" ? (value as bigint) : value ? 1n : 0n;
      if (sum > MAGNITUDE_MAX || sum < -MAGNITUDE_MAX) throw new IrError("overflow");
    }
    run.each = undefined;
    return sum;
  };
}

/** Forms that do not evaluate all of their arguments, or not first; undefined for plain operators. */
function compileForm<W, E>(op: string, args: readonly Eval<W, E>[]): Eval<W, E> | undefined {
  const [first, second, third] = args as [Eval<W, E>, Eval<W, E>, Eval<W, E>];
  switch (op) {
    case "and":
      return (run) => args.every((arg) => arg(run));
    case "or":
      return (run) => args.some((arg) => arg(run));
    case "not":
      return (run) => !first(run);
    case "if":
      return (run) => (first(run) ? second(run) : third(run));
    case "let":
      return (run) => {
        run.locals.push(first(run));
        const value = second(run);
        run.locals.pop();
        return value;
      };
  }
  return undefined;
}

function compileNode<W, E>(expr: Expr, scope: Scope<W, E>): Eval<W, E> {
  if (expr.args.length === 0) return compileLeaf(expr, scope);
  if (expr.op === "sum" || expr.op === "count") return compileLoop(expr, scope);
  const args = expr.args.map((arg) => compile(arg, scope));
  const form = compileForm(expr.op, args);
  if (form) return form;
  const { apply } = OPERATORS.get(expr.op) as Operator;
  return (run) => apply(...args.map((arg) => arg(run) as bigint));
}

function compile<W, E>(expr: Expr, scope: Scope<W, E>): Eval<W, E> {
  const node = compileNode(expr, scope);
  return (run) => {
    run.nodes++;
    return node(run);
  };
}

/**
 * Evaluates an expression that checkExpr has accepted. `and`, `or` and `if` evaluate only what they need.
 * Returns the value and how many nodes were visited; throws an IrError on overflow or division by zero.
 */
export function prepare<W, E>(
  expr: Expr,
  scope: Scope<W, E>,
): (whole: W) => { readonly value: Value; readonly nodes: number } {
  const evaluate = compile(expr, scope);
  return (whole) => {
    const run: Run<W, E> = { whole, each: undefined, locals: [], nodes: 0 };
    const value = evaluate(run);
    return { value, nodes: run.nodes };
  };
}
