import { readFile, stat } from "node:fs/promises";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { contentLengthMax } from "#chain/protocol/featurizers/spec.ts";
import { classesMax } from "../architecture.ts";
import { ensureTrainer, TrainerError } from "../error.ts";

/** One text with its class (an index into the set's classes) and, where known, who wrote or gave it. */
export interface LabelledRow {
  readonly label: number;
  readonly text: string;
  readonly author: string | undefined;
}

export interface LabelledSet {
  readonly classes: readonly string[];
  readonly rows: readonly LabelledRow[];
}

/** Largest file that is read, in bytes, and most rows in it. */
const fileLengthMax = 256 * 2 ** 20;
export const rowsMax = 1_000_000;

type RawRow = { readonly name: string; readonly text: string; readonly author: string | undefined };

function parseLine(line: string, number: number): RawRow {
  const [name = "", text, author, ...rest] = line.split("\t");
  if (name === "") throw new TrainerError("data", "no label", number);
  if (text === undefined) throw new TrainerError("data", "no tab after the label", number);
  if (author === "" || rest.length > 0) throw new TrainerError("data", "not label, text, author", number);
  if (Buffer.byteLength(text) > contentLengthMax) throw new TrainerError("data", "text too long", number);
  return { name, text, author };
}

const isIndex = (name: string): boolean => /^(?:0|[1-9][0-9]?)$/.test(name) && Number(name) < classesMax;

/**
 * The classes of the labels that occur. If all are numbers 0…15, each is its own class and the classes
 * reach up to the greatest; else they are the distinct labels in byte order, so that the order of rows
 * means nothing and `ham` is 0, `spam` 1.
 */
function classesOf(names: ReadonlySet<string>): string[] {
  const list = [...names];
  if (!list.every(isIndex)) return list.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const greatest = Math.max(0, ...list.map(Number));
  return Array.from({ length: greatest + 1 }, (_, i) => `${i}`);
}

/** The text of the bytes without a byte order mark; on malformed UTF-8 names the line. */
function decode(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes).replace(/^\ufeff/, "");
  } catch {
    return raiseAtMalformedLine(bytes);
  }
}

function raiseAtMalformedLine(bytes: Uint8Array): never {
  let number = 1;
  for (let from = 0; from <= bytes.length; number++) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline === -1 ? bytes.length : newline;
    try {
      fromUtf8(bytes.subarray(from, end));
    } catch {
      throw new TrainerError("data", "not UTF-8", number);
    }
    from = end + 1;
  }
  throw new TrainerError("data", "not UTF-8");
}

/**
 * The rows of a text file, one a line: label, tab, text, and where known a tab and its author. UTF-8; lines
 * end in LF or CRLF; nothing is quoted or escaped. Labels are matched to `classes` (a game's list, in its
 * order) or, without it, to what occurs: numbers 0…15 are classes themselves, other labels are sorted by
 * their bytes. Refuses, with the line, what is malformed, a label outside `classes`, and fewer than two
 * classes.
 */
export function parseLabelled(bytes: Uint8Array, classes?: readonly string[]): LabelledSet {
  const lines = decode(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  ensureTrainer(lines.length > 0, "data", "no rows");
  ensureTrainer(lines.length <= rowsMax, "data", `more than ${rowsMax} rows`);
  const raw = lines.map((line, i) => parseLine(line.endsWith("\r") ? line.slice(0, -1) : line, i + 1));
  const known = classes ?? classesOf(new Set(raw.map((row) => row.name)));
  ensureTrainer(known.length >= 2 && known.length <= classesMax, "data", `${known.length} classes`);
  const labelOf = new Map(known.map((name, label) => [name, label]));
  const rows = raw.map(({ name, text, author }, i) => {
    const label = labelOf.get(name);
    if (label === undefined) throw new TrainerError("data", `unknown label "${name}"`, i + 1);
    return { label, text, author };
  });
  return { classes: known, rows };
}

/** The rows of a file, as parseLabelled reads them; refuses a file above fileLengthMax. */
export async function readLabelledFile(path: string, classes?: readonly string[]): Promise<LabelledSet> {
  const { size } = await stat(path);
  ensureTrainer(size <= fileLengthMax, "data", `file of ${size} bytes`);
  return parseLabelled(await readFile(path), classes);
}
