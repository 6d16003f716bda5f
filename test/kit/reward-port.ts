import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { toJson } from "#chain/proto/json.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { builtinIds } from "#modules/rewards/builtins.ts";
import { IrError, type Value } from "#modules/rewards/ir/ops.ts";
import { prepare } from "#modules/rewards/ir/run.ts";
import { ITEM_SCOPE, SCORE_SCOPE } from "#modules/rewards/ir/scope.ts";
import { Expr } from "#proto/gen/iterum/rewards.ts";
import {
  itemExpressions,
  type RawRound,
  rawRounds,
  records,
  scoreExpressions,
  talliesFrom,
} from "../modules/rewards/random-programs.ts";

/** Python as `node scripts/setup.mjs` puts it. */
const python = fileURLToPath(new URL("../../.cache/prover/bin/python", import.meta.url));
const program = fileURLToPath(new URL("../vectors/reward-programs.py", import.meta.url));

/** A program with what it is evaluated on: a line for Python, and our own outcome. */
interface Case {
  readonly line: string;
  readonly own: string;
}

function outcome(evaluate: () => Value): string {
  try {
    const value = evaluate();
    return JSON.stringify(typeof value === "bigint" ? value.toString() : value);
  } catch (error) {
    if (error instanceof IrError) return '"failure"';
    throw error;
  }
}

function scoreCase(expr: Expr, round: RawRound): Case {
  const { classes, scalar, rows } = round;
  const items = rows
    .filter(({ label }) => label !== undefined)
    .map(({ label, weight, predictions }) => ({ label, weight: weight.toString(), predictions }));
  return {
    line: JSON.stringify({ expr: toJson(Expr, expr), classes, scalar, items }),
    own: outcome(() => prepare(expr, SCORE_SCOPE)(talliesFrom(round)).value),
  };
}

const scores = fc.tuple(scoreExpressions, rawRounds).map(([expr, round]) => scoreCase(expr, round));

/** The built-ins' own programs. */
const builtins = fc
  .tuple(fc.constantFrom(...builtinIds), rawRounds)
  .map(([id, round]) => scoreCase(builtinProgram(id, "own", round.scalar)?.score ?? Expr.zero(), round));

const items: fc.Arbitrary<Case> = fc.tuple(itemExpressions, records).map(([expr, record]) => {
  const author = record.authorLabel ?? null;
  const panel = record.panelLabels.map((label) => label ?? null);
  return {
    line: JSON.stringify({ expr: toJson(Expr, expr), record: { author, panel, classes: record.classes } }),
    own: outcome(() => prepare(expr, ITEM_SCOPE)(record).value),
  };
});

const cases = fc.oneof(
  { arbitrary: scores, weight: 6 },
  { arbitrary: items, weight: 3 },
  { arbitrary: builtins, weight: 1 },
);

async function answersOf(lines: readonly string[]): Promise<readonly string[]> {
  const child = spawn(python, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const said = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`Python ended with ${code}`);
  return said.trimEnd().split("\n");
}

/** What a comparison with Python came to. */
export interface Compared {
  readonly tried: number;
  /** Evaluations that fail, in both. */
  readonly failed: number;
  /** Cases whose outcomes differ, as Python reads them. */
  readonly differing: readonly string[];
}

/** Compares the outcomes of random programs on random sets with an evaluator in Python. */
export async function comparedWithPython(count: number, seed: number): Promise<Compared> {
  const tried = fc.sample(cases, { numRuns: count, seed });
  const answers = await answersOf(tried.map(({ line }) => line));
  if (answers.length !== count) throw new Error(`${answers.length} answers to ${count} programs`);
  const differing = tried.filter(({ own }, i) => own !== answers[i]).map(({ line }) => line);
  return { tried: count, failed: tried.filter(({ own }) => own === '"failure"').length, differing };
}
