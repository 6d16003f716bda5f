import { tableOf } from "#cli/table.ts";
import type { Adversary } from "./adversary.ts";
import {
  adversaries as everybody,
  type Findings,
  type Mean,
  type Measured,
  RIVALS,
  type Sharpening,
} from "./measure.ts";
import { DEPOSITS } from "./truth.ts";

/** All that was measured, as it is kept in a file. */
export interface Report {
  readonly seed: string;
  readonly findings: readonly Findings[];
  readonly sharpened: readonly Sharpening[];
}

/** One adversary with what it gained on each source. */
interface Row extends Omit<Adversary, "start" | "accounts"> {
  readonly measured: readonly Measured[];
}

const rowsOf = ({ findings }: Report): Row[] =>
  everybody.flatMap((adversary): Row[] => {
    const measured = findings.flatMap(({ adversaries }) =>
      adversaries.filter(({ name }) => name === adversary.name),
    );
    return measured.length > 0 ? [{ ...adversary, measured }] : [];
  });

const digitsOf = (value: number): number => (Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

/** A mean with its standard error, tokens. */
const shown = ({ mean, error }: Mean): string => {
  const digits = digitsOf(Math.max(error, Math.abs(mean) / 100));
  return `${mean.toFixed(digits)} ± ${error.toFixed(digits)}`;
};

/** A gain in units of what the same accounts earn honestly. */
const ratio = ({ gain, honest }: Measured): string => (gain.mean / honest).toFixed(2);

const cellsOf = (row: Row): string[] => row.measured.flatMap((each) => [shown(each.gain), ratio(each)]);
const headsOf = ({ findings }: Report): string[] => findings.flatMap(({ source }) => [source, "×"]);

/** The findings for a terminal. */
export function printed(report: Report): string {
  const columns = [
    { head: "adversary" },
    ...headsOf(report).map((head) => ({ head, right: true })),
    { head: "expected" },
  ];
  const rows = rowsOf(report).map((row) => [
    `${row.name}${row.isReference ? " *" : ""}`,
    ...cellsOf(row),
    row.expected,
  ]);
  const honest = report.findings.map(
    ({ source, operator, member }) =>
      `${source}: an honest operator earns ${shown(operator)}, a seat of the committee ${shown(member)}`,
  );
  return [
    tableOf(columns, rows),
    "gains in tokens a round over honest play; ×: in units of what the same accounts earn honestly",
    "* not allowed by the default rules, to compare",
    ...honest,
    ...sharpenedLines(report),
  ].join("\n");
}

/** What sharpening gains with larger deposits, line by line. */
const sharpenedLines = ({ sharpened }: Report): string[] =>
  sharpened.flatMap(({ source, gains }) =>
    gains.map((row, i) => {
      const cells = row.map((each, d) => `${DEPOSITS[d]} b: ${shown(each)}`);
      return `${source}, sharpened by 1.25, rivals ${RIVALS[i]}, deposits ${cells.join(", ")}`;
    }),
  );

const escaped = (text: string): string => text.replaceAll("|", "\\|");
const rowOf = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;

/** What each adversary does, once for all shares of the seats. */
function deedsOf(rows: readonly Row[]): string[] {
  const names = new Map<string, string>();
  for (const { name, what } of rows)
    if (!names.has(what)) names.set(what, name.replace(/^(label sellers) \d+ %/, "$1"));
  return [...names].map(([what, name]) => `- **${name}.** ${what}`);
}

/** The findings as the generated part of a document. */
export function documented(report: Report): string {
  const heads = ["adversary", ...headsOf(report), "expected"];
  const honest = report.findings.map(
    ({ source, operator, member }) =>
      `${source}: operator ${shown(operator)}, seat of the committee ${shown(member)}`,
  );
  const sharpened = report.sharpened.flatMap(({ source, gains }) =>
    gains.map((row, i) => rowOf([source, String(RIVALS[i]), ...row.map(shown)])),
  );
  const isReport = ({ what }: Row): boolean => what === "";
  const rounds = report.findings.map(({ source, rounds: done }) => `${done} rounds of ${source}`);
  return [
    `Seed \`${report.seed}\`, ${rounds.join(", ")}. Honest earnings a round, tokens:`,
    `${honest.join("; ")}.`,
    "",
    rowOf(heads),
    rowOf(heads.map((_, i) => (i === 0 || i === heads.length - 1 ? "---" : "--:"))),
    ...rowsOf(report)
      .filter((row) => !isReport(row))
      .map((row) => rowOf([row.isReference ? `*${row.name}*` : row.name, ...cellsOf(row), row.expected])),
    "",
    "### Reports other than the true one",
    rowOf(heads),
    rowOf(heads.map((_, i) => (i === 0 || i === heads.length - 1 ? "---" : "--:"))),
    ...rowsOf(report)
      .filter(isReport)
      .map((row) => rowOf([row.name, ...cellsOf(row), row.expected])),
    "",
    "### Where truthfulness ends",
    rowOf(["source", "rivals", ...DEPOSITS.map((times) => `d = ${times} b`)]),
    rowOf(["---", "--:", ...DEPOSITS.map(() => "--:")]),
    ...sharpened,
    "",
    "### What each does",
    ...deedsOf(rowsOf(report).filter((row) => !isReport(row))),
  ].join("\n");
}
