import { taggedHash } from "#chain/bytes/tagged.ts";
import { type Expr, Program } from "#proto/gen/iterum/rewards.ts";
import type { ItemRecord } from "../label-rules.ts";
import { type Checked, checkExpr } from "./check.ts";
import { IrError, type Type } from "./ops.ts";
import { prepare } from "./run.ts";
import { ITEM_SCOPE, SCORE_SCOPE, type Tallies } from "./scope.ts";

/** Greatest score, and greatest scalar. */
const SCORE_MAX = 1_000_000n;
/** Greatest weight that `weight` may give an item. */
const WEIGHT_MAX = 1_000_000n;
/** Nodes that one evaluation of `score` may visit; 64 orders are scored in one block. */
const SCORE_COST_MAX = 50_000;
/** Nodes that `use`, `label` and `weight` together may visit for one item. */
const ITEM_COST_MAX = 200;

/** What the sizes of a game let a program cost. */
export interface ProgramLimits {
  readonly itemsMax: number;
  /** Cross-labellers per item. */
  readonly panelSeats: number;
}

/** A program of which every part is there. */
interface WholeProgram {
  readonly use: Expr;
  readonly label: Expr;
  readonly weight: Expr;
  readonly score: Expr;
}

function whole({ use, label, weight, score }: Program): WholeProgram {
  if (!use || !label || !weight || !score) throw new IrError("a program has use, label, weight and score");
  return { use, label, weight, score };
}

function demand(checked: Checked, type: Type, part: string): number {
  if (checked.type !== type) throw new IrError(`${part} must be ${type}`);
  return checked.cost;
}

/**
 * Refuses a program that is not well formed, not well typed or too dear, with an IrError. Returns its static
 * costs; no evaluation in a game within the limits visits more nodes.
 */
export function checkProgram(
  program: Program,
  { itemsMax, panelSeats }: ProgramLimits,
): { readonly itemCost: number; readonly scoreCost: number } {
  const { use, label, weight, score } = whole(program);
  const itemCost =
    demand(checkExpr(use, ITEM_SCOPE, panelSeats), "bool", "use") +
    demand(checkExpr(label, ITEM_SCOPE, panelSeats), "int", "label") +
    demand(checkExpr(weight, ITEM_SCOPE, panelSeats), "int", "weight");
  const scoreCost = demand(checkExpr(score, SCORE_SCOPE, itemsMax), "int", "score");
  if (itemCost > ITEM_COST_MAX)
    throw new IrError(`an item costs ${itemCost} nodes, at most ${ITEM_COST_MAX}`);
  if (scoreCost > SCORE_COST_MAX)
    throw new IrError(`a score costs ${scoreCost} nodes, at most ${SCORE_COST_MAX}`);
  if (program.scoreOnError > Number(SCORE_MAX)) throw new IrError("scoreOnError is above 10⁶");
  return { itemCost, scoreCost };
}

/** The hash by which a program is known: of its canonical bytes. */
export const programHash = (program: Program): Uint8Array =>
  taggedHash("iterum/reward-program/v1", Program.encode(program));

/** An item as the program counts it. */
export interface CountedItem {
  /** A class; in a scalar game the share of class 1 in millionths. */
  readonly label: number;
  readonly weight: bigint;
}

/** The value, or undefined where the evaluation fails. */
function attempt<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof IrError) return undefined;
    throw error;
  }
}

/**
 * How a checked program counts items. The function gives undefined for one that does not count: `use` is
 * false, something fails, the weight is outside 0…10⁶, or the label is no class; in a scalar game the label
 * is 0…10⁶.
 */
export function itemCounter(
  program: Program,
  scalar: boolean,
): (record: ItemRecord) => CountedItem | undefined {
  const { use, label, weight } = whole(program);
  const parts = { use: prepare(use, ITEM_SCOPE), label: prepare(label, ITEM_SCOPE) };
  const weigh = prepare(weight, ITEM_SCOPE);
  return (record) =>
    attempt(() => {
      if (!parts.use(record).value) return undefined;
      const labelValue = parts.label(record).value as bigint;
      const weightValue = weigh(record).value as bigint;
      const isLabel = labelValue >= 0n && labelValue <= (scalar ? SCORE_MAX : BigInt(record.classes) - 1n);
      const isWeight = weightValue >= 0n && weightValue <= WEIGHT_MAX;
      return isLabel && isWeight ? { label: Number(labelValue), weight: weightValue } : undefined;
    });
}

/** How a checked program scores: 0…10⁶; its `scoreOnError` where it fails or gives another number. */
export function scorer(program: Program): (tallies: Tallies) => bigint {
  const evaluate = prepare(whole(program).score, SCORE_SCOPE);
  return (tallies) => {
    const value = attempt(() => evaluate(tallies).value as bigint);
    return value !== undefined && value >= 0n && value <= SCORE_MAX ? value : BigInt(program.scoreOnError);
  };
}
