import type { ASTNode } from "@marcbachmann/cel-js";
import { call, constant, field } from "#modules/rewards/ir/build.ts";
import { ARGS_MAX, OPERATORS, type Type } from "#modules/rewards/ir/ops.ts";
import { type Env, lowerTo, type Name, type Typed } from "./env.ts";
import { errorAt } from "./error.ts";
import { functions, takenNames } from "./vocabulary.ts";

type Call = ASTNode & { readonly op: "call" | "rcall" };
type MethodCall = ASTNode & { readonly op: "rcall" };

/** The dotted name of a node, or undefined for anything else. */
function pathOf(node: ASTNode): string | undefined {
  if (node.op === "id") return node.args;
  if (node.op !== ".") return undefined;
  const [base, name] = node.args;
  const path = pathOf(base);
  return path === undefined ? undefined : `${path}.${name}`;
}

/** A name that a text gives: to what `cel.bind` binds or to an element. */
function nameAt(node: ASTNode | undefined, at: ASTNode): string {
  if (node?.op !== "id") throw errorAt(node ?? at, "a plain name is needed here");
  if (takenNames.has(node.args)) throw errorAt(node, `${node.args} has a meaning already`);
  return node.args;
}

function lowerBind(node: MethodCall, args: readonly ASTNode[], env: Env): Typed {
  const [named, bound, body] = args;
  if (args.length !== 3 || !bound || !body) throw errorAt(node, "as in cel.bind(name, value, expression)");
  const name = nameAt(named, node);
  const value = env.lower(bound, env);
  const inner: Name = { name, kind: "let", type: value.type };
  const result = env.lower(body, { ...env, names: [...env.names, inner] });
  return { expr: call("let", value.expr, result.expr), type: result.type };
}

/** What macros over the list lower to, from their body. */
const macros: ReadonlyMap<string, { readonly takes: Type; readonly lowered: (body: Typed) => Typed }> =
  new Map([
    ["sum", { takes: "int", lowered: ({ expr }) => ({ expr: call("sum", expr), type: "int" }) }],
    ["count", { takes: "bool", lowered: ({ expr }) => ({ expr: call("count", expr), type: "int" }) }],
    [
      "exists",
      {
        takes: "bool",
        lowered: ({ expr }) => ({ expr: call("lt", constant(0n), call("count", expr)), type: "bool" }),
      },
    ],
    [
      "all",
      {
        takes: "bool",
        lowered: ({ expr }) => ({
          expr: call("eq", call("count", call("not", expr)), constant(0n)),
          type: "bool",
        }),
      },
    ],
  ]);

function lowerMacro(node: MethodCall, macro: string, args: readonly ASTNode[], env: Env): Typed {
  const found = macros.get(macro);
  if (!found)
    throw errorAt(node, `${env.words.list} has sum, count, exists, all and size, not ${macro.slice(0, 40)}`);
  const example = `as in ${env.words.list}.${macro}(${env.words.elementName}, expression)`;
  const [named, body] = args;
  if (args.length !== 2 || !body) throw errorAt(node, example);
  const name = nameAt(named, node);
  if (env.names.some(({ kind }) => kind === "element"))
    throw errorAt(node, "sums do not nest: neither sum nor count, exists or all within another");
  const element: Name = { name, kind: "element", type: undefined };
  const expr = lowerTo(body, found.takes, { ...env, names: [...env.names, element] });
  return found.lowered({ expr, type: found.takes });
}

function lowerSize(node: ASTNode, args: readonly ASTNode[], env: Env): Typed {
  const [list] = args;
  if (args.length !== 1 || !list || pathOf(list) !== env.words.list)
    throw errorAt(node, `as in ${env.words.list}.size()`);
  return { expr: field(env.words.sizeField), type: "int" };
}

function lowerMethod(node: MethodCall, env: Env): Typed {
  const [method, receiver, args] = node.args;
  const path = pathOf(receiver);
  if (path === "cel" && method === "bind") return lowerBind(node, args, env);
  if (path !== env.words.list)
    throw errorAt(node, `${method.slice(0, 40)} is no function of that; ${env.words.list} has sum and count`);
  return method === "size" && args.length === 0
    ? lowerSize(node, [receiver], env)
    : lowerMacro(node, method, args, env);
}

/** Lowers a call: a function, a macro over the list, its size or `cel.bind`. */
export function lowerCall(node: Call, env: Env): Typed {
  if (node.op === "rcall") return lowerMethod(node, env);
  const [name, args] = node.args;
  if (name === "size") return lowerSize(node, args, env);
  const op = functions.get(name);
  if (!op)
    throw errorAt(node, `no function ${name.slice(0, 40)}; there are ${[...functions.keys()].join(", ")}`);
  const isLogic = op === "and" || op === "or";
  const [least, most] = isLogic
    ? [2, ARGS_MAX]
    : [OPERATORS.get(op)?.argsMin ?? 1, OPERATORS.get(op)?.argsMax ?? 1];
  if (args.length < least || args.length > most)
    throw errorAt(node, `${name} takes ${least === most ? least : `${least} to ${most}`} arguments`);
  const type: Type = isLogic ? "bool" : "int";
  return { expr: call(op, ...args.map((each) => lowerTo(each, type, env))), type };
}
