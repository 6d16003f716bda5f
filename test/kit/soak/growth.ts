import type { Live } from "./heaps.ts";
import type { Sample } from "./soak.ts";
import { median, type Point, slopeOf, type Usage } from "./usage.ts";

type Which = "app" | "comet";

/** How what a process needs changed over the quiet time, megabytes and megabytes an hour. */
export interface Growth {
  /** Medians of what lived in each third of that time, and the slope over all of it. */
  readonly liveMb: readonly number[];
  readonly slopeMbPerHour: number;
  /** Slope of each thread of the app, by its name; of CometBFT's threads none has memory of its own. */
  readonly threads: Readonly<Record<string, number>>;
  /** Slope of the main thread among the first looks at all generations: what grows with the state. */
  readonly startsSlopeMbPerHour: number;
  /** Medians, in each third, of resident memory and of what of it no file backs. */
  readonly residentMb: readonly number[];
  readonly anonymousMb: readonly number[];
  /** Medians of the first and the last generations. */
  readonly files: readonly [number, number];
  readonly handles: readonly [number, number];
}

const MEGABYTE = 1_000_000;
/** A generation's start, in which every one of them does the same. */
const START_MIN_MS = 4_000;
const START_MAX_MS = 12_000;
/** The share of the last generation in which caches fill and code is compiled. */
const WARM_UP = 1 / 6;

/** A sample at whose time both processes collected. */
type Look = Sample & { readonly live: Live };

const isLook = (sample: Sample): sample is Look => sample.live !== undefined;

const isStart = ({ ageMs }: Sample): boolean => ageMs >= START_MIN_MS && ageMs < START_MAX_MS;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** What lives in one process, or in its threads of one name. */
function liveBytes({ live }: Look, which: Which, name?: string): number {
  if (which === "comet") return live.comet;
  const heaps = live.app.filter((heap) => name === undefined || heap.name === name);
  return sum(heaps.map(({ usedBytes, externalBytes }) => usedBytes + externalBytes));
}

/** Memory that no file backs, used or kept for later, without the database's journal: a buffer of 64 MiB. */
const anonymousBytes = (look: Look, which: Which): number =>
  look[which].anonymousBytes - (which === "app" ? look.journalBytes : 0);

/** The looks at the last generation after warming up. */
function settled(samples: readonly Sample[]): Look[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  return samples
    .filter(isLook)
    .filter(({ generation, ageMs }) => generation === last.generation && ageMs >= last.ageMs * WARM_UP);
}

/** The first look at each generation. */
function starts(samples: readonly Sample[]): Look[] {
  const seen = new Set<number>();
  return samples.filter(isLook).filter((look) => {
    const isFirst = !seen.has(look.generation) && isStart(look);
    seen.add(look.generation);
    return isFirst;
  });
}

/** Medians of three equal parts. */
const thirds = (values: readonly number[]): number[] => {
  const third = Math.ceil(values.length / 3);
  return [0, 1, 2].map((i) => median(values.slice(i * third, (i + 1) * third)));
};

/** Growth of the app or of CometBFT. */
export function growthOf(samples: readonly Sample[], which: Which): Growth {
  const rest = settled(samples);
  const points = (looks: readonly Look[], name?: string): Point[] =>
    looks.map((look) => ({ hours: look.hours, value: liveBytes(look, which, name) / MEGABYTE }));
  const names = new Set(which === "app" ? rest.flatMap(({ live }) => live.app.map(({ name }) => name)) : []);
  const open = samples.filter(isStart);
  const ends = (measure: (usage: Usage) => number): [number, number] => {
    const [first = 0, , last = 0] = thirds(open.map((sample) => measure(sample[which])));
    return [first, last];
  };
  return {
    liveMb: thirds(points(rest).map(({ value }) => value)),
    slopeMbPerHour: slopeOf(points(rest)),
    threads: Object.fromEntries([...names].map((name) => [name, slopeOf(points(rest, name))])),
    // Which workers have started by then is chance.
    startsSlopeMbPerHour: slopeOf(points(starts(samples), "main")),
    residentMb: thirds(rest.map((look) => look[which].residentBytes / MEGABYTE)),
    anonymousMb: thirds(rest.map((look) => anonymousBytes(look, which) / MEGABYTE)),
    files: ends(({ files }) => files),
    handles: ends(({ handles }) => handles),
  };
}

/** A process's growth in lines. */
export function growthLines(name: string, growth: Growth): string[] {
  const list = (values: readonly number[], digits: number): string =>
    values.map((value) => value.toFixed(digits)).join(" → ");
  const threads = Object.entries(growth.threads).map(([thread, slope]) => `${thread} ${slope.toFixed(1)}`);
  const of = threads.length > 0 ? ` (${threads.join(", ")})` : "";
  return [
    `${name}: live ${list(growth.liveMb, 1)} MB: ${growth.slopeMbPerHour.toFixed(1)} MB/h${of}`,
    `${name}: at starts ${growth.startsSlopeMbPerHour.toFixed(1)} MB/h`,
    `${name}: resident ${list(growth.residentMb, 0)} MB, of no file ${list(growth.anonymousMb, 0)} MB`,
    `${name}: files ${list(growth.files, 0)}, handles ${list(growth.handles, 0)}`,
  ];
}
