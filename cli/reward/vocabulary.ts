import type { Type } from "#modules/rewards/ir/ops.ts";
import { ITEM_SCOPE, SCORE_SCOPE } from "#modules/rewards/ir/scope.ts";

/** How the records that an expression of the IR sees are named in a text. */
export interface Vocabulary {
  /** Fields of the whole by their names in texts, for example "item.authorLabel". */
  readonly whole: ReadonlyMap<string, { readonly field: string; readonly type: Type }>;
  /** The list that `sum` and `count` run over, and the field that tells its length. */
  readonly list: string;
  readonly sizeField: string;
  /** Fields of an element, `i.label`; where there is just one, the element itself is it. */
  readonly each: ReadonlyMap<string, Type>;
  readonly isPlain: boolean;
  /** The name that printed texts give an element. */
  readonly elementName: string;
}

type Fields = ReadonlyMap<string, { readonly type: Type }>;

const named = (fields: Fields, prefix: string, except: string) =>
  new Map(
    [...fields]
      .filter(([field]) => field !== except)
      .map(([field, { type }]) => [`${prefix}${field}`, { field, type }] as const),
  );

const typesOf = (fields: Fields): ReadonlyMap<string, Type> =>
  new Map([...fields].map(([name, { type }]) => [name, type]));

/** What `use`, `label` and `weight` may name. */
export const itemVocabulary: Vocabulary = {
  whole: named(ITEM_SCOPE.whole, "item.", "panelSeats"),
  list: "item.panelLabels",
  sizeField: "panelSeats",
  each: typesOf(ITEM_SCOPE.each),
  isPlain: true,
  elementName: "l",
};

/** What `score` may name. */
export const scoreVocabulary: Vocabulary = {
  whole: named(SCORE_SCOPE.whole, "", "items"),
  list: "items",
  sizeField: "items",
  each: typesOf(SCORE_SCOPE.each),
  isPlain: false,
  elementName: "i",
};

/** Names that stand for something already. */
export const takenNames: ReadonlySet<string> = new Set(["item", "items", "classes", "cel"]);

/** Functions of texts that are operators of the IR of the same or another name. */
export const functions: ReadonlyMap<string, string> = new Map([
  ["min", "min"],
  ["max", "max"],
  ["abs", "abs"],
  ["sqrt", "sqrtFloor"],
  // Infix operators once more, for what printing must not flatten.
  ["add", "add"],
  ["mul", "mul"],
  ["and", "and"],
  ["or", "or"],
]);
