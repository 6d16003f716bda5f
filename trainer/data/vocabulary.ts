import { utf8 } from "#chain/bytes/utf8.ts";
import { tokenLengthMax } from "#chain/protocol/featurizers/spec.ts";
import { tokensOf } from "#chain/protocol/featurizers/tokens.ts";
import { ensureTrainer } from "../error.ts";
import type { LabelledSet } from "./labelled.ts";

interface Candidate {
  readonly token: string;
  readonly rows: number;
  readonly score: number;
}

/** In how many rows of each class each token occurs. */
function countRows({ classes, rows }: LabelledSet): Map<string, number[]> {
  const counts = new Map<string, number[]>();
  for (const { label, text } of rows) {
    for (const token of new Set(tokensOf(utf8(text)))) {
      if (token.length > tokenLengthMax) continue;
      const perClass = counts.get(token) ?? new Array<number>(classes.length).fill(0);
      perClass[label] = (perClass[label] as number) + 1;
      counts.set(token, perClass);
    }
  }
  return counts;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Pearson's χ² of the table class × (token occurs, does not): only + − × ÷, so the same on every machine. */
function chiSquare(withToken: readonly number[], classRows: readonly number[], total: number): number {
  const share = sum(withToken) / total;
  let score = 0;
  for (const [label, rows] of classRows.entries()) {
    const difference = (withToken[label] as number) - rows * share;
    // Both cells of a class differ by the same amount from what independence expects.
    if (rows > 0) score += (difference * difference) / (rows * share * (1 - share));
  }
  return score;
}

const better = (a: Candidate, b: Candidate): number =>
  b.score - a.score || b.rows - a.rows || (a.token < b.token ? -1 : 1);

/**
 * The `size` tokens that best separate the classes of a seed set, best first: by χ² of a token's presence
 * in a row; ties go to the token in more rows, then to the lesser in byte order. Refuses a set with fewer
 * tokens. Only for rows that are public before the game starts: the list tells which tokens were seen.
 */
export function chooseVocabulary(set: LabelledSet, size = 64): string[] {
  const classRows = set.classes.map((_, label) => set.rows.filter((row) => row.label === label).length);
  const total = set.rows.length;
  const candidates: Candidate[] = [];
  for (const [token, perClass] of countRows(set)) {
    const rows = sum(perClass);
    // A token of every row separates nothing and would divide by zero.
    const score = rows === total ? 0 : chiSquare(perClass, classRows, total);
    candidates.push({ token, rows, score });
  }
  ensureTrainer(candidates.length >= size, "vocabulary", `${candidates.length} tokens, not ${size}`);
  return candidates
    .sort(better)
    .slice(0, size)
    .map((candidate) => candidate.token);
}
