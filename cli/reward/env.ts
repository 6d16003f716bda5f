import type { ASTNode } from "@marcbachmann/cel-js";
import { call, constant } from "#modules/rewards/ir/build.ts";
import type { Type } from "#modules/rewards/ir/ops.ts";
import type { Expr } from "#proto/gen/iterum/rewards.ts";
import { errorAt } from "./error.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** An expression of the IR with its type. */
export interface Typed {
  readonly expr: Expr;
  readonly type: Type;
}

/** What a node may see. */
export interface Env {
  readonly words: Vocabulary;
  /** The names of the enclosing `cel.bind`s and of the element of the enclosing `sum`, outermost first. */
  readonly names: readonly Name[];
  /** Lowers any node. */
  readonly lower: (node: ASTNode, env: Env) => Typed;
}

/** A name and the type that it stands for; an element of a list of records has none. */
export interface Name {
  readonly name: string;
  readonly kind: "let" | "element";
  readonly type: Type | undefined;
}

/** Types in words. */
export const typeNames: Readonly<Record<Type, string>> = { int: "a number", bool: "a truth value" };

/** Lowers a node that must be of a type. */
export function lowerTo(node: ASTNode, type: Type, env: Env): Expr {
  const found = env.lower(node, env);
  if (found.type !== type)
    throw errorAt(node, `${typeNames[type]} is needed here, not ${typeNames[found.type]}`);
  return found.expr;
}

/** Always: two constants that are equal. */
export const TRUE: Expr = call("eq", constant(0n), constant(0n));
/** Never: a constant below itself. */
export const FALSE: Expr = call("lt", constant(0n), constant(0n));
