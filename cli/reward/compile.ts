import { type ASTNode, ParseError, parse } from "@marcbachmann/cel-js";
import { checkExpr } from "#modules/rewards/ir/check.ts";
import { IrError, type Type } from "#modules/rewards/ir/ops.ts";
import { checkProgram, type ProgramLimits } from "#modules/rewards/ir/program.ts";
import { ITEM_SCOPE, SCORE_SCOPE } from "#modules/rewards/ir/scope.ts";
import type { Expr, Program } from "#proto/gen/iterum/rewards.ts";
import { errorAt, placeOf, RewardTextError } from "./error.ts";
import { lowerPart } from "./lower.ts";
import { itemVocabulary, scoreVocabulary } from "./vocabulary.ts";

/** Longest text, in UTF-16 units. */
const TEXT_MAX = 65_536;
const SCORE_MAX = 1_000_000n;

/** A program with its static costs in nodes. */
export interface Compiled {
  readonly program: Program;
  readonly itemCost: number;
  readonly scoreCost: number;
}

function parsed(text: string): ASTNode {
  if (text.length > TEXT_MAX)
    throw new RewardTextError({ line: 1, column: 1 }, `longer than ${TEXT_MAX} characters`);
  try {
    return parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new RewardTextError(placeOf(text, error.range?.start ?? 0), error.summary, { cause: error });
  }
}

/** The entries of a map by their keys, of which each must be known and none may come twice. */
function entriesOf(node: ASTNode, known: readonly string[]): ReadonlyMap<string, ASTNode> {
  if (node.op !== "map")
    throw errorAt(node, `{${known.map((key) => `"${key}": …`).join(", ")}} is needed here`);
  const entries = new Map<string, ASTNode>();
  for (const [key, value] of node.args) {
    const name = key.op === "value" ? key.args : undefined;
    if (typeof name !== "string" || !known.includes(name))
      throw errorAt(key, `no such part; there are ${known.map((each) => `"${each}"`).join(", ")}`);
    if (entries.has(name)) throw errorAt(key, `"${name}" comes twice`);
    entries.set(name, value);
  }
  return entries;
}

function part(entries: ReadonlyMap<string, ASTNode>, name: string, of: ASTNode): ASTNode {
  const found = entries.get(name);
  if (!found) throw errorAt(of, `"${name}" is missing`);
  return found;
}

/** Says where in the text the checker's refusal belongs. */
function checkedAt<T>(node: ASTNode, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    throw errorAt(node, error.message, { cause: error });
  }
}

function itemPart(node: ASTNode, type: Type, { panelSeats }: ProgramLimits): Expr {
  const expr = lowerPart(node, type, itemVocabulary);
  checkedAt(node, () => checkExpr(expr, ITEM_SCOPE, panelSeats));
  return expr;
}

function scorePart(node: ASTNode, { itemsMax }: ProgramLimits): Expr {
  const expr = lowerPart(node, "int", scoreVocabulary);
  checkedAt(node, () => checkExpr(expr, SCORE_SCOPE, itemsMax));
  return expr;
}

function onError(node: ASTNode | undefined): number {
  if (!node) return 0;
  if (node.op !== "value" || typeof node.args !== "bigint" || node.args > SCORE_MAX)
    throw errorAt(node, `"scoreOnError" is a number from 0 to ${SCORE_MAX}`);
  return Number(node.args);
}

/**
 * Compiles a reward function in CEL syntax (docs/reward-functions.md) to a program that the chain accepts in
 * games within the limits. Throws a RewardTextError for any other text.
 */
export function compileReward(text: string, limits: ProgramLimits): Compiled {
  const whole = parsed(text);
  const sections = entriesOf(whole, ["item", "score", "scoreOnError"]);
  const item = part(sections, "item", whole);
  const parts = entriesOf(item, ["use", "label", "weight"]);
  const program: Program = {
    use: itemPart(part(parts, "use", item), "bool", limits),
    label: itemPart(part(parts, "label", item), "int", limits),
    weight: itemPart(part(parts, "weight", item), "int", limits),
    score: scorePart(part(sections, "score", whole), limits),
    scoreOnError: onError(sections.get("scoreOnError")),
  };
  const costs = checkedAt(whole, () => checkProgram(program, limits));
  return { program, ...costs };
}
