import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError, messageOf } from "#cli/errors.ts";
import { type LabelledRow, type LabelledSet, readLabelledFile } from "#trainer/data/labelled.ts";
import { readSpamDetection, spamDetectionNote } from "#trainer/data/spam.ts";
import { chooseVocabulary } from "#trainer/data/vocabulary.ts";
import { TrainerError } from "#trainer/error.ts";
import { randomOf, shuffled } from "#trainer/random.ts";
import { type HomeLayout, readSettings } from "./layout.ts";

/** Who holds which rows at the start of a net. */
export interface DealtRows {
  readonly classes: readonly string[];
  /** Known to everybody before the game: vocabulary, prior and first models come from them. */
  readonly publicRows: readonly LabelledRow[];
  /** Shown to nobody: models are measured on them. */
  readonly heldOut: readonly LabelledRow[];
  /** Rows of each member, in the order in which it offers them. */
  readonly members: ReadonlyMap<string, readonly LabelledRow[]>;
  /** What the rows are, for people. */
  readonly notes: readonly string[];
}

/** How rows are dealt. */
export interface Dealing {
  readonly seed: string;
  /** Most members. */
  readonly members: number;
  /** Least members that a game can do with. */
  readonly membersMin: number;
  readonly publicRows: number;
  readonly heldOutMax: number;
}

/** The rows of a file; labels are matched to `classes` where given. Throws CliError. */
export async function readLabelled(file: string, classes?: readonly string[]): Promise<LabelledSet> {
  try {
    return await readLabelledFile(file, classes);
  } catch (cause) {
    throw new CliError(`${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Names of the classes that a home's game has; undefined in a home of keys alone. */
export const classesOf = async (layout: HomeLayout): Promise<readonly string[] | undefined> =>
  existsSync(layout.settings) ? (await readSettings(layout)).classes : undefined;

/** The rows of a file, or without one the SMS that come with the project. Throws CliError. */
export async function readRows(file: string | undefined): Promise<{ set: LabelledSet; note: string }> {
  if (file === undefined) return { set: await readSpamDetection(), note: spamDetectionNote };
  return { set: await readLabelled(file), note: file };
}

const memberName = (index: number): string => `member-${String(index + 1).padStart(2, "0")}`;

/** The rows of the busiest authors, busiest first; undefined where fewer than `least` have enough to play. */
function byAuthor(rows: readonly LabelledRow[], least: number, most: number): LabelledRow[][] | undefined {
  const authors = Map.groupBy(
    rows.filter(({ author }) => author !== undefined),
    ({ author }) => author as string,
  );
  const busiest = [...authors].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  return busiest.length >= least ? busiest.slice(0, most).map(([, own]) => own) : undefined;
}

function dealt(rows: readonly LabelledRow[], members: number): LabelledRow[][] {
  const hands = Array.from({ length: members }, (): LabelledRow[] => []);
  for (const [i, row] of rows.entries()) hands[i % members]?.push(row);
  return hands;
}

/**
 * Shuffles the rows by the seed, sets public and held-out ones apart, and gives the others to members: to
 * their authors where rows have enough of them, busiest first, else one by one in turn.
 */
export function dealRows(set: LabelledSet, note: string, dealing: Dealing): DealtRows {
  const { seed, members, membersMin, publicRows } = dealing;
  const order = shuffled(set.rows, randomOf(`${seed}/rows`));
  const heldOut = Math.min(dealing.heldOutMax, Math.floor(order.length / 10));
  const rest = order.slice(publicRows + heldOut);
  if (rest.length < members)
    throw new CliError(`${order.length} rows are too few: ${publicRows} are public, ${heldOut} held out`);
  const authored = byAuthor(rest, membersMin, members);
  const hands = authored ?? dealt(rest, members);
  const who = authored
    ? `members are the ${hands.length} busiest authors`
    : `rows are dealt to ${members} members`;
  const dealtRows = {
    classes: set.classes,
    publicRows: order.slice(0, publicRows),
    heldOut: order.slice(publicRows, publicRows + heldOut),
    members: new Map(hands.map((rows, i) => [memberName(i), rows])),
    notes: [note, `${order.length} rows, shuffled by seed "${seed}": ${publicRows} public, ${who}`],
  };
  // Too few words are told here, before anything long begins.
  vocabularyOf(dealtRows);
  return dealtRows;
}

/** Tokens that the vocabulary of a default game has: what its circuits read. */
const VOCABULARY_SIZE = 64;

/** The tokens that a game's featurizer counts, chosen from the public rows. Throws CliError. */
export function vocabularyOf({ classes, publicRows }: DealtRows): readonly string[] {
  try {
    return chooseVocabulary({ classes, rows: publicRows }, VOCABULARY_SIZE);
  } catch (cause) {
    if (!(cause instanceof TrainerError)) throw cause;
    throw new CliError(`the ${publicRows.length} public rows have too few words: ${cause.message}`, {
      cause,
    });
  }
}

/** How many rows each class has. */
export const classCounts = ({ classes, publicRows }: DealtRows): number[] =>
  classes.map((_, label) => publicRows.filter((row) => row.label === label).length);

const textOf = (classes: readonly string[], rows: readonly LabelledRow[]): string =>
  rows.map(({ label, text }) => `${classes[label]}\t${text}\n`).join("");

/** File of the public rows, or of a member's, in a home's folder of rows. */
export const rowsFile = (folder: string, name: string): string => join(folder, `${name}.tsv`);

/** Name of the file of public rows. */
export const publicName = "public";

/** Writes public rows and every member's, one `label<TAB>text` a line. */
export async function writeRows(folder: string, rows: DealtRows): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(rowsFile(folder, publicName), textOf(rows.classes, rows.publicRows));
  for (const [name, own] of rows.members)
    await writeFile(rowsFile(folder, name), textOf(rows.classes, own), { mode: 0o600 });
}
