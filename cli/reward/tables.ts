import { tableOf } from "#cli/table.ts";
import type { CountedItem } from "#modules/rewards/ir/program.ts";
import { itemsCounted, modelsScored, type RewardFunction } from "#modules/rewards/scoring.ts";
import type { RoundRecords } from "./round-file.ts";

/** Rows that a table of sample items has at most. */
const ROWS_MAX = 64;

const labelText = (label: number | undefined): string => (label === undefined ? "–" : String(label));

/** All ways to choose so many labels where their order does not matter. */
function handsOf(labels: readonly (number | undefined)[], seats: number): (number | undefined)[][] {
  if (seats === 0) return [[]];
  return labels.flatMap((label, i) => handsOf(labels.slice(i), seats - 1).map((rest) => [label, ...rest]));
}

const counts = (item: CountedItem | undefined): string[] =>
  item ? ["yes", String(item.label), String(item.weight)] : ["no", "", ""];

const itemColumns = [
  { head: "author" },
  { head: "panel" },
  { head: "counts" },
  { head: "label", right: true },
  { head: "weight", right: true },
];

/** The items that a table of samples shows. */
export interface Samples {
  readonly classes: number;
  readonly panelSeats: number;
  /** The labels that authors and others give. */
  readonly labels: readonly number[];
}

/** How a function counts every item that the labels and the panel allow, as far as a table has room. */
export function truthTable(of: RewardFunction, { classes, panelSeats, labels: given }: Samples): string {
  const labels = [undefined, ...given];
  const counted = itemsCounted(of);
  const all = labels.flatMap((author) =>
    handsOf(labels, panelSeats).map((panel) => [
      labelText(author),
      panel.map(labelText).join(" "),
      ...counts(counted({ authorLabel: author, panelLabels: panel, classes })),
    ]),
  );
  const table = tableOf(itemColumns, all.slice(0, ROWS_MAX));
  return all.length > ROWS_MAX ? `${table}\n… and ${all.length - ROWS_MAX} more` : table;
}

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)} %`;

const modelColumns = [
  { head: "model" },
  { head: "score", right: true },
  { head: "accuracy", right: true },
  { head: "Brier", right: true },
  { head: "log loss", right: true },
];

/** How a function counts the items of a round. */
export function countRecords(
  of: RewardFunction,
  { classes, items }: Pick<RoundRecords, "classes" | "items">,
): (CountedItem | undefined)[] {
  const counted = itemsCounted(of);
  return items.map(({ author, panel, disputed }) =>
    disputed ? undefined : counted({ authorLabel: author, panelLabels: panel, classes }),
  );
}

/** A model's score, and the metrics that the round's table shows beside it. */
export interface ModelScore {
  readonly name: string;
  readonly scorePpm: number;
  readonly accuracyPpm: number;
  readonly brierPpm: number;
  readonly logLossMicronats: bigint;
}

/** What a function makes of every model of a round. */
export function scoreRecords(of: RewardFunction, records: RoundRecords): ModelScore[] {
  const counted = countRecords(of, records);
  const shares = records.items.map(({ share }) => share);
  const score = modelsScored(of, records.classes, counted, shares);
  return records.models.map(({ name, predictions }) => {
    const { scorePpm, metrics } = score(predictions);
    return { name, scorePpm, ...metrics };
  });
}

/** Scores as a table, in the order given. */
export const scoreTable = (scores: readonly ModelScore[]): string =>
  tableOf(
    modelColumns,
    scores.map(({ name, scorePpm, accuracyPpm, brierPpm, logLossMicronats }) => [
      name,
      String(scorePpm),
      percent(accuracyPpm),
      (brierPpm / 1e6).toFixed(4),
      (Number(logLossMicronats) / 1e6).toFixed(4),
    ]),
  );

/** The items of a round with what a function makes of each. */
export const itemTable = ({ items }: RoundRecords, counted: readonly (CountedItem | undefined)[]): string =>
  tableOf(
    [{ head: "item", right: true }, ...itemColumns, { head: "share", right: true }],
    items.map(({ author, panel, share, disputed }, i) => [
      String(i),
      labelText(author),
      panel.map(labelText).join(" "),
      ...(disputed ? ["disputed", "", ""] : counts(counted[i])),
      share.toString(),
    ]),
  );
