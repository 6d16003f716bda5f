import type { ASTNode } from "@marcbachmann/cel-js";
import { call, constant, field, local } from "#modules/rewards/ir/build.ts";
import { ARGS_MAX, MAGNITUDE_MAX, OPERATORS, type Type } from "#modules/rewards/ir/ops.ts";
import type { Expr } from "#proto/gen/iterum/rewards.ts";
import { type Env, FALSE, lowerTo, TRUE, type Typed, typeNames } from "./env.ts";
import { errorAt } from "./error.ts";
import { lowerCall } from "./lower-call.ts";
import type { Vocabulary } from "./vocabulary.ts";

function lowerValue(node: ASTNode & { readonly op: "value" }): Typed {
  const { args: value } = node;
  if (typeof value === "boolean") return { expr: value ? TRUE : FALSE, type: "bool" };
  if (typeof value !== "bigint")
    throw errorAt(node, "only whole numbers, true and false: no fractions, texts, null or unsigned numbers");
  if (value > MAGNITUDE_MAX) throw errorAt(node, "no number is above 2^127");
  return { expr: constant(value), type: "int" };
}

const knownNames = ({ words, names }: Env): string =>
  [...names.map(({ name }) => name), ...words.whole.keys(), `${words.list}.size()`].join(", ");

/** A name that stands alone: of a `cel.bind`, or of an element that is a number itself. */
function lowerName(node: ASTNode, name: string, env: Env): Typed {
  const at = env.names.findLastIndex((each) => each.name === name);
  const found = env.names[at];
  if (!found) {
    const whole = env.words.whole.get(name);
    if (whole) return { expr: field(whole.field), type: whole.type };
    throw errorAt(node, `nothing is called ${name} here; there are ${knownNames(env)}`);
  }
  if (found.kind === "element") {
    const [only] = env.words.each;
    if (env.words.isPlain && only) return { expr: field(only[0]), type: only[1] };
    throw errorAt(node, `${name} is an item; its fields are ${fieldsOf(name, env)}`);
  }
  const distance = env.names.slice(at + 1).filter(({ kind }) => kind === "let").length;
  return { expr: local(distance), type: found.type as Type };
}

const fieldsOf = (name: string, { words }: Env): string =>
  [...words.each.keys()].map((each) => `${name}.${each}`).join(", ");

function lowerField(node: ASTNode & { readonly op: "." }, env: Env): Typed {
  const [base, name] = node.args;
  if (base.op !== "id") throw errorAt(node, `no fields of fields; there are ${knownNames(env)}`);
  const owner = env.names.findLast((each) => each.name === base.args);
  if (owner) {
    const type = owner.kind === "element" && !env.words.isPlain ? env.words.each.get(name) : undefined;
    if (type) return { expr: field(name), type };
    const fields = owner.kind === "element" && !env.words.isPlain ? fieldsOf(owner.name, env) : "none";
    throw errorAt(node, `${owner.name} has no field ${name}; its fields: ${fields}`);
  }
  const whole = env.words.whole.get(`${base.args}.${name}`);
  if (whole) return { expr: field(whole.field), type: whole.type };
  throw errorAt(node, `nothing is called ${base.args}.${name} here; there are ${knownNames(env)}`);
}

/** The operands of a chain of one operator, as `a + b + c`, in order. */
function chain(node: ASTNode, op: string): ASTNode[] {
  const operands: ASTNode[] = [];
  let rest = node;
  while (rest.op === op) {
    const [left, right] = rest.args as [ASTNode, ASTNode];
    operands.unshift(right);
    rest = left;
  }
  return [rest, ...operands];
}

/** An operator of many arguments over any number of them, from the left. */
function folded(op: string, args: readonly Expr[]): Expr {
  if (args.length <= ARGS_MAX) return call(op, ...args);
  let value = call(op, ...args.slice(0, ARGS_MAX));
  for (let at = ARGS_MAX; at < args.length; at += ARGS_MAX - 1)
    value = call(op, value, ...args.slice(at, at + ARGS_MAX - 1));
  return value;
}

const folds: ReadonlyMap<string, { readonly op: string; readonly type: Type }> = new Map([
  ["+", { op: "add", type: "int" }],
  ["*", { op: "mul", type: "int" }],
  ["&&", { op: "and", type: "bool" }],
  ["||", { op: "or", type: "bool" }],
]);

/** Operators of two numbers; some stand for another with its arguments turned round. */
const binaries: ReadonlyMap<string, { readonly op: string; readonly turned?: true }> = new Map([
  ["-", { op: "sub" }],
  ["/", { op: "divFloor" }],
  ["%", { op: "mod" }],
  ["<", { op: "lt" }],
  ["<=", { op: "le" }],
  [">", { op: "lt", turned: true }],
  [">=", { op: "le", turned: true }],
]);

function lowerEquality(node: ASTNode, env: Env): Typed {
  const [left, right] = (node.args as [ASTNode, ASTNode]).map((each) => lower(each, env)) as [Typed, Typed];
  if (left.type !== right.type)
    throw errorAt(node, `${typeNames[left.type]} is compared with ${typeNames[right.type]}`);
  const equal =
    left.type === "int"
      ? call("eq", left.expr, right.expr)
      : call("if", left.expr, right.expr, call("not", right.expr));
  return { expr: node.op === "==" ? equal : call("not", equal), type: "bool" };
}

function lowerConditional(node: ASTNode & { readonly op: "?:" }, env: Env): Typed {
  const [condition, yes, no] = node.args;
  const when = lowerTo(condition, "bool", env);
  const { expr, type } = lower(yes, env);
  return { expr: call("if", when, expr, lowerTo(no, type, env)), type };
}

function lowerBinary(node: ASTNode, op: string, turned: boolean, env: Env): Typed {
  const args = (node.args as [ASTNode, ASTNode]).map((each) => lowerTo(each, "int", env));
  if (turned) args.reverse();
  return { expr: call(op, ...args), type: OPERATORS.get(op)?.gives ?? "int" };
}

function lower(node: ASTNode, env: Env): Typed {
  const fold = folds.get(node.op);
  if (fold) {
    const args = chain(node, node.op).map((each) => lowerTo(each, fold.type, env));
    return { expr: folded(fold.op, args), type: fold.type };
  }
  const binary = binaries.get(node.op);
  if (binary) return lowerBinary(node, binary.op, binary.turned === true, env);
  switch (node.op) {
    case "value":
      return lowerValue(node);
    case "id":
      return lowerName(node, node.args, env);
    case ".":
      return lowerField(node, env);
    case "==":
    case "!=":
      return lowerEquality(node, env);
    case "?:":
      return lowerConditional(node, env);
    case "!_":
      return { expr: call("not", lowerTo(node.args, "bool", env)), type: "bool" };
    case "-_":
      return { expr: call("sub", constant(0n), lowerTo(node.args, "int", env)), type: "int" };
    case "call":
    case "rcall":
      return lowerCall(node, env);
    default:
      throw errorAt(node, `${node.op} is not allowed: no lists, maps, indexes or "in"`);
  }
}

/**
 * Lowers a part of a parsed text, which must be of a type, to the IR; throws a RewardTextError that says
 * where it goes wrong and what is allowed. What it gives is well typed; its depth and its cost are the
 * checker's to judge.
 */
export const lowerPart = (node: ASTNode, type: Type, words: Vocabulary): Expr =>
  lowerTo(node, type, { words, names: [], lower });
