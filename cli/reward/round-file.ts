import { PREDICTION_ONE } from "#chain/protocol/predictions.ts";
import { CliError, ensureCli } from "#cli/errors.ts";

/** The records of one round: what a reward function sees. Its JSON form is in docs/reward-functions.md. */
export interface RoundRecords {
  readonly classes: number;
  readonly scalar: boolean;
  /** How many values a label that is given may take, from 0 on. */
  readonly labelValues: number;
  readonly items: readonly RoundItem[];
  readonly models: readonly RoundModel[];
}

export interface RoundItem {
  /** The author's label; undefined where it was not opened. */
  readonly author: number | undefined;
  /** One entry a seat of the panel. */
  readonly panel: readonly (number | undefined)[];
  /** The item's share of the round's weight. */
  readonly share: bigint;
  /** Copies of this content have other labels, so that none of them counts. */
  readonly disputed: boolean;
}

export interface RoundModel {
  readonly name: string;
  /** 65535ths, per item the classes 1…K−1. */
  readonly predictions: readonly number[];
}

type Fields = Readonly<Record<string, unknown>>;

const CLASSES_MAX = 16;
const ITEMS_MAX = 10_000;
/** Scalars in millionths, both ends among them. */
const LABEL_VALUES_MAX = 1_000_001;

function fieldsOf(value: unknown, where: string, known: readonly string[]): Fields {
  ensureCli(typeof value === "object" && value !== null && !Array.isArray(value), `${where} is no object`);
  for (const key of Object.keys(value))
    ensureCli(known.includes(key), `${where} has "${key}"; it may have ${known.join(", ")}`);
  return value as Fields;
}

function listOf(value: unknown, where: string): readonly unknown[] {
  ensureCli(Array.isArray(value) && value.length <= ITEMS_MAX * CLASSES_MAX, `${where} is no list`);
  return value;
}

function wholeOf(value: unknown, where: string, least: number, most: number): number {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  ensureCli(fits, `${where} is no whole number from ${least} to ${most}`);
  return value;
}

function flagOf(value: unknown, where: string): boolean {
  ensureCli(value === undefined || typeof value === "boolean", `${where} is true, false or left out`);
  return value === true;
}

function shareOf(value: unknown, where: string): bigint {
  const text = typeof value === "number" ? String(value) : value;
  ensureCli(
    value === undefined || (typeof text === "string" && /^(?:0|[1-9][0-9]{0,18})$/.test(text)),
    `${where} is no whole number in digits`,
  );
  return value === undefined ? 1n : BigInt(text as string);
}

function itemOf(value: unknown, where: string, labelMax: number): RoundItem {
  const fields = fieldsOf(value, where, ["author", "panel", "share", "disputed"]);
  const labelOf = (label: unknown, what: string): number | undefined =>
    label === null || label === undefined ? undefined : wholeOf(label, what, 0, labelMax);
  return {
    author: labelOf(fields["author"], `${where}.author`),
    panel: listOf(fields["panel"] ?? [], `${where}.panel`).map((label, i) =>
      labelOf(label, `${where}.panel[${i}]`),
    ),
    share: shareOf(fields["share"], `${where}.share`),
    disputed: flagOf(fields["disputed"], `${where}.disputed`),
  };
}

function modelOf(value: unknown, where: string, items: number, classes: number): RoundModel {
  const { name, predictions } = fieldsOf(value, where, ["name", "predictions"]);
  ensureCli(typeof name === "string" && name.length <= 100, `${where}.name is no short text`);
  const wide = classes - 1;
  const values = listOf(predictions, `${where}.predictions`).map((each, i) =>
    wholeOf(each, `${where}.predictions[${i}]`, 0, Number(PREDICTION_ONE)),
  );
  ensureCli(values.length === items * wide, `${where}.predictions needs ${wide} an item, ${items * wide}`);
  for (let item = 0; item < items; item++) {
    const sum = values.slice(item * wide, (item + 1) * wide).reduce((a, b) => a + b, 0);
    ensureCli(
      sum <= Number(PREDICTION_ONE),
      `${where}.predictions of item ${item} sum to ${sum}, above 65535`,
    );
  }
  return { name, predictions: values };
}

/** Reads the JSON of a round's records, strictly; throws a CliError that names what is wrong. */
export function readRecords(text: string): RoundRecords {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CliError("the round's records are no JSON", { cause });
  }
  const fields = fieldsOf(json, "the round", ["classes", "scalar", "labelValues", "items", "models"]);
  const scalar = flagOf(fields["scalar"], "scalar");
  const classes = wholeOf(fields["classes"], "classes", 2, scalar ? 2 : CLASSES_MAX);
  const usual = scalar ? LABEL_VALUES_MAX : classes;
  const labelValues = wholeOf(fields["labelValues"] ?? usual, "labelValues", 2, LABEL_VALUES_MAX);
  const items = listOf(fields["items"], "items");
  ensureCli(items.length <= ITEMS_MAX, `items are more than ${ITEMS_MAX}`);
  return {
    classes,
    scalar,
    labelValues,
    items: items.map((item, i) => itemOf(item, `items[${i}]`, labelValues - 1)),
    models: listOf(fields["models"] ?? [], "models").map((model, i) =>
      modelOf(model, `models[${i}]`, items.length, classes),
    ),
  };
}

/** The JSON of a round's records, one line an item and a model. */
export function writeRecords({ classes, scalar, labelValues, items, models }: RoundRecords): string {
  const label = (value: number | undefined): number | null => value ?? null;
  const itemLines = items.map(({ author, panel, share, disputed }) =>
    JSON.stringify({
      author: label(author),
      panel: panel.map(label),
      share: share.toString(),
      ...(disputed && { disputed }),
    }),
  );
  const list = (lines: readonly string[]): string =>
    lines.length === 0 ? "[]" : `[\n    ${lines.join(",\n    ")}\n  ]`;
  return [
    "{",
    `  "classes": ${classes},`,
    `  "scalar": ${scalar},`,
    `  "labelValues": ${labelValues},`,
    `  "items": ${list(itemLines)},`,
    `  "models": ${list(models.map((model) => JSON.stringify(model)))}`,
    "}",
  ].join("\n");
}
