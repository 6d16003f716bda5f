import { execFile } from "node:child_process";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import { FeaturizerError, type FeaturizerSpec, featuresOf } from "#chain/protocol/featurizers/spec.ts";
import { ensureCli, messageOf } from "#cli/errors.ts";
import type { ItemSource } from "#client/ports.ts";
import type { LabelledRow } from "#trainer/data/labelled.ts";
import { probabilities } from "#trainer/engine/model.ts";
import { importOnnx } from "#trainer/onnx/read.ts";

/** The class of somebody's content; undefined from a labeller that cannot tell. */
export type Labeller = (content: Uint8Array) => Promise<number | undefined>;

const keyOf = (content: Uint8Array): string => Buffer.from(content).toString("base64");

/** Labels contents that are rows, byte for byte, as the first such row does. */
export function rowsLabeller(rows: readonly LabelledRow[]): Labeller {
  const known = new Map<string, number>();
  for (const { text, label } of rows) {
    const key = keyOf(utf8(text));
    if (!known.has(key)) known.set(key, label);
  }
  return async (content) => known.get(keyOf(content));
}

/**
 * Labels every content that the featurizer takes with the model's likeliest class, ties to the lower one.
 * Throws TrainerError on a file that is no model, CliError on a model of another game.
 */
export function modelLabeller(spec: FeaturizerSpec, classes: number, onnx: Uint8Array): Labeller {
  const model = importOnnx(onnx);
  const { inputs, classes: modelled } = model.architecture;
  const isOfGame = inputs === featuresOf(spec) && modelled === classes;
  ensureCli(
    isOfGame,
    `the model takes ${inputs} features and tells ${modelled} classes, ` +
      `the game has ${featuresOf(spec)} and ${classes}`,
  );
  return async (content) => {
    try {
      const p = probabilities(model, featurize(spec, content));
      return p.indexOf(Math.max(...p));
    } catch (error) {
      if (error instanceof FeaturizerError) return undefined;
      throw error;
    }
  };
}

/** A program that labels, and how it is run. */
export interface LabelProgram {
  /** Path, or name on the PATH; run without a shell and without arguments. */
  readonly file: string;
  /** Names of the classes in their order; numbers as text where a game names none. */
  readonly classes: readonly string[];
  /** An item that takes longer is given up, and the program killed. */
  readonly timeoutMs: number;
  /** Told of every item that the program did not label. */
  readonly onFailed: (why: string) => void;
}

const OUTPUT_BYTES_MAX = 64 * 1024;

/** What the program reads: the content as bytes, also as text where it is UTF-8, and the classes. */
function described(content: Uint8Array, classes: readonly string[]): string {
  const contentBase64 = keyOf(content);
  try {
    return JSON.stringify({ content: fromUtf8(content), contentBase64, classes });
  } catch {
    return JSON.stringify({ contentBase64, classes });
  }
}

/** The first line that the program writes; rejects when it fails, is too slow or writes too much. */
function answerOf({ file, timeoutMs }: LabelProgram, input: string): Promise<string> {
  const { ITERUM_PASSWORD: _kept, ...env } = process.env;
  const limits = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: OUTPUT_BYTES_MAX } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(file, [], { ...limits, env }, (error, stdout) => {
      if (error?.killed) reject(new Error(`no answer within ${timeoutMs} ms`, { cause: error }));
      else if (error) reject(error);
      else resolve((stdout.split("\n")[0] as string).trim());
    });
    // A program that decides without reading closes its end: its answer counts, not the broken pipe.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/**
 * Labels contents with a program: it reads one JSON object `{content, contentBase64, classes}` and writes the
 * class, by name or by number from 0. An item that it fails at is told and has no label from it.
 */
export const programLabeller =
  (program: LabelProgram): Labeller =>
  async (content) => {
    const { classes, onFailed } = program;
    try {
      const answer = await answerOf(program, `${described(content, classes)}\n`);
      const named = classes.indexOf(answer);
      if (named >= 0) return named;
      if (/^[0-9]{1,2}$/.test(answer) && Number(answer) < classes.length) return Number(answer);
      onFailed(`it answered ${JSON.stringify(answer.slice(0, 80))}, which is no class`);
    } catch (error) {
      onFailed(messageOf(error));
    }
    return undefined;
  };

/** The class that most rows have, the lower of two as frequent; 0 without rows. */
function commonestLabel(rows: readonly LabelledRow[], classes: number): number {
  const counts = Array.from({ length: classes }, (_, k) => rows.filter(({ label }) => label === k).length);
  return counts.indexOf(Math.max(...counts));
}

/**
 * What a member's source labels others' items with: the first labeller that can tell. An item that none can
 * gets the commonest class of the member's rows, for a panellist that opens nothing loses its bond.
 */
export const labelByFirst = (
  labellers: readonly Labeller[],
  rows: readonly LabelledRow[],
  { classes, onUnknown }: { readonly classes: number; readonly onUnknown: (label: number) => void },
): NonNullable<ItemSource["labelOf"]> => {
  const guess = commonestLabel(rows, classes);
  return async (content) => {
    for (const labeller of labellers) {
      const label = await labeller(content);
      if (label !== undefined) return label;
    }
    onUnknown(guess);
    return guess;
  };
};
