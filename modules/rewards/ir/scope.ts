import { CLASSES_MAX } from "#chain/math/transform.ts";
import { agreeAll, type ItemRecord, majorityLabel } from "../label-rules.ts";
import { labelPpm, squares, type Tally, topClass } from "../tallies.ts";
import type { Type, Value } from "./ops.ts";

/** A named value of a record. */
export interface Field<R> {
  readonly type: Type;
  /** What reading it counts for, in nodes. */
  readonly cost: number;
  readonly read: (record: R) => Value;
}

/**
 * What an expression can see: fields of the whole, and inside `sum` and `count` also those of each element.
 */
export interface Scope<Whole, Each> {
  readonly whole: ReadonlyMap<string, Field<Whole>>;
  readonly each: ReadonlyMap<string, Field<Each>>;
  readonly elements: (whole: Whole) => readonly Each[];
}

/** All counted items of a round. */
export interface Tallies {
  readonly classes: number;
  readonly items: readonly Tally[];
}

const int = <R>(read: (record: R) => bigint, cost = 1): Field<R> => ({ type: "int", cost, read });
const bool = <R>(read: (record: R) => boolean, cost = 1): Field<R> => ({ type: "bool", cost, read });
/** Reading it visits every class or every label. */
const LIST_COST = 4;
/** A label as an integer; −1 for none. */
const labelOr = (label: number | undefined): bigint => BigInt(label ?? -1);

/** `use`, `label` and `weight` see the record of one item; `sum` and `count` run over its panel's labels. */
export const ITEM_SCOPE: Scope<ItemRecord, number | undefined> = {
  whole: new Map([
    ["authorLabel", int(({ authorLabel }) => labelOr(authorLabel))],
    ["classes", int(({ classes }) => BigInt(classes))],
    ["panelSeats", int(({ panelLabels }) => BigInt(panelLabels.length))],
    ["majorityLabel", int((record) => labelOr(majorityLabel(record)), LIST_COST)],
    ["agreeAll", bool(agreeAll, LIST_COST)],
  ]),
  each: new Map([["panelLabel", int(labelOr)]]),
  elements: ({ panelLabels }) => panelLabels,
};

const predictionFields = Array.from({ length: CLASSES_MAX }, (_, k): [string, Field<Tally>] => [
  `p${k}`,
  int(({ predictionPpm }) => predictionPpm[k] ?? 0n),
]);

/** `score` sees the counted items; `sum` and `count` run over them. */
export const SCORE_SCOPE: Scope<Tallies, Tally> = {
  whole: new Map([
    ["items", int(({ items }) => BigInt(items.length))],
    ["classes", int(({ classes }) => BigInt(classes))],
  ]),
  each: new Map([
    ["label", int(({ label }) => BigInt(label))],
    ["weight", int(({ weight }) => weight)],
    /** Most probable class. */
    ["top", int((tally) => BigInt(topClass(tally)), LIST_COST)],
    /** Probability of the label, millionths. */
    ["labelPpm", int(labelPpm)],
    /** Σ p_k², 10⁻¹². */
    ["squares", int(squares, LIST_COST)],
    /** −ln of the probability of the label, millionths of a nat. */
    ["loss", int(({ lossMicronats }) => lossMicronats)],
    /** Probability of each class, millionths. */
    ...predictionFields,
  ]),
  elements: ({ items }) => items,
};
