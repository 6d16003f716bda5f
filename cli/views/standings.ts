import type { LoadedStandings } from "#cli/standings/load.ts";
import { type Column, tableOf } from "#cli/table.ts";
import { ALIKE, type Likeness, originalOf, type Standing } from "#client/standings/board.ts";
import type { Bin, Quality } from "#client/standings/quality.ts";
import { formatAmount, type Unit } from "#client/units.ts";
import { fixed } from "./outcome.ts";

/** Models that the overview shows; the JSON has all. */
const MODELS_MAX = 20;
/** Earlier models that a detail shows. */
const EARLIER_MAX = 5;
/** Characters of a bar that stands for one. */
const BAR = 40;

const right = (head: string): Column => ({ head, right: true });
const columns = (who: readonly Column[]): Column[] => [
  ...who,
  ...["rounds", "forfeits", "profit", "accuracy", "macro F1", "Brier", "skill", "log loss", "ECE"].map(right),
];

const NONE = "–";
const percent = (value: number | undefined): string =>
  value === undefined ? NONE : `${(value * 100).toFixed(1)} %`;
const decimals = (value: number | undefined, places: number): string => value?.toFixed(places) ?? NONE;

const shortModel = (modelId: string): string => (modelId === "" ? "" : `${modelId.slice(0, 12)}…`);

const signed = (amount: bigint, unit: Unit): string => `${amount > 0n ? "+" : ""}${fixed(amount, unit)}`;

const measures = ({ accuracy, macroF1, brier, logLoss, ece }: Quality, skill: string): string[] => [
  percent(accuracy),
  decimals(macroF1, 3),
  decimals(brier, 4),
  skill,
  decimals(logLoss, 4),
  percent(ece),
];

const rowOf = ({ rounds, forfeits, profit, quality, skill }: Standing, unit: Unit): string[] => [
  ...[String(rounds), String(forfeits), signed(profit, unit)],
  ...measures(quality, decimals(skill, 3)),
];

/** The class prior's row: it plays without money. */
const baselineRow = ({ baseline: { rounds, quality } }: LoadedStandings): string[] => [
  ...[String(rounds), NONE, NONE],
  ...measures(quality, decimals(quality.brier === undefined ? undefined : 0, 3)),
];

const alikeText = ({ correlation, equalShare, values }: Likeness): string =>
  `correlation ${correlation.toFixed(4)}, ${percent(equalShare)} of ${values} predictions the same`;

/** A line for each model that looks like a copy, naming the earliest one that it is like. */
function copyLines(models: readonly Standing[]): string[] {
  return models.flatMap((standing) => {
    const original = originalOf(standing);
    if (!original) return [];
    const copy = `model ${shortModel(standing.modelId)} of ${standing.operator}`;
    const first = `${shortModel(original.modelId)} of ${original.operator}, registered earlier`;
    return [`alike: ${copy} and ${first}: ${alikeText(original)}`];
  });
}

const spanText = ({ gameId, rounds, fromRound, toRound }: LoadedStandings): string =>
  `${rounds} ended rounds of ${gameId}, ${fromRound} to ${toRound}`;

/** Operators and models, the richest first, with the class prior last, and what looks like a copy. */
export function standingsText(loaded: LoadedStandings, unit: Unit): string {
  const { operators, models } = loaded;
  if (loaded.rounds === 0) return `no round of ${loaded.gameId} has ended`;
  const baseline = baselineRow(loaded);
  const left = models.length - MODELS_MAX;
  return [
    `${spanText(loaded)}; amounts in ${unit.display}`,
    tableOf(columns([{ head: "operator" }]), [
      ...operators.map((each) => [each.operator, ...rowOf(each, unit)]),
      ["(class prior)", ...baseline],
    ]),
    tableOf(columns([{ head: "model" }, { head: "operator" }]), [
      ...models
        .slice(0, MODELS_MAX)
        .map((each) => [shortModel(each.modelId), each.operator, ...rowOf(each, unit)]),
      ["(class prior)", "", ...baseline],
    ]),
    ...(left > 0 ? [`… and ${left} more models: --json has all`] : []),
    ...copyLines(models),
  ].join("\n");
}

/** How often it came true as a bar, and what was said on it. */
function bar({ prediction, frequency }: Bin): string {
  if (prediction === undefined || frequency === undefined) return "";
  const filled = Math.round(frequency * BAR);
  const said = Math.min(BAR - 1, Math.floor(prediction * BAR));
  return Array.from({ length: BAR }, (_, i) => (i === said ? "|" : i < filled ? "█" : "·")).join("");
}

/** Predictions by tenths: what was said, and how often it came true. */
const calibrationChart = ({ calibration }: Quality): string =>
  tableOf(
    [
      { head: "said" },
      right("items"),
      right("on average"),
      right("came true"),
      { head: "█ came true, | said" },
    ],
    calibration.map((bin) => [
      `${Math.round(bin.from * 100)} – ${Math.round(bin.to * 100)} %`,
      String(bin.items),
      percent(bin.prediction),
      percent(bin.frequency),
      bar(bin),
    ]),
  );

function earlierTable(earlier: readonly Likeness[]): string[] {
  if (earlier.length === 0) return [];
  const closest = [...earlier].sort((a, b) => b.correlation - a.correlation).slice(0, EARLIER_MAX);
  const rows = closest.map(({ operator, modelId, correlation, equalShare, values }) => [
    ...(modelId === "" ? [] : [shortModel(modelId)]),
    operator,
    correlation.toFixed(4),
    percent(equalShare),
    String(values),
  ]);
  const who = closest.some(({ modelId }) => modelId !== "")
    ? [{ head: "earlier model" }, { head: "of" }]
    : [{ head: "earlier operator" }];
  return [tableOf([...who, ...["correlation", "the same", "predictions"].map(right)], rows)];
}

/** One entrant with everything that is known of it. */
export function standingText(standing: Standing, loaded: LoadedStandings, unit: Unit): string {
  const { operator, modelId, registeredHeight, rounds, forfeits, profit, quality, skill, earlier } = standing;
  const { items, accuracy, brier, logLoss, f1, macroF1, ece } = quality;
  const own = modelId === "" ? loaded.models.filter((each) => each.operator === operator) : [standing];
  const classes = f1.map((value, k) => `class ${k} ${decimals(value, 3)}`).join(", ");
  return [
    modelId === "" ? operator : `model ${modelId} of ${operator}, registered at block ${registeredHeight}`,
    `${spanText(loaded)}: ${rounds} played, ${forfeits} forfeited, profit ${formatAmount(profit, unit)}`,
    `${items} items counted: accuracy ${percent(accuracy)}, Brier ${decimals(brier, 4)}, ` +
      `skill ${decimals(skill, 3)} over the class prior, log loss ${decimals(logLoss, 4)}`,
    `F1: ${classes}, macro ${decimals(macroF1, 3)}; calibration error ${percent(ece)}`,
    calibrationChart(quality),
    ...earlierTable(earlier),
    ...copyLines(own),
    ...(own.some(originalOf) ? [`(alike: a correlation of ${ALIKE} or more)`] : []),
  ].join("\n");
}
