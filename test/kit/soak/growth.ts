import type { Sample } from "./soak.ts";
import { median, type Point, slopeOf, type Usage } from "./usage.ts";

/** How one process fared over a soak, megabytes and megabytes an hour. */
export interface Growth {
  /** Resident memory in the middle of the last generation's time after warming up. */
  readonly residentMb: number;
  /** Slope of the memory that no file backs after collections, in the last generation after warming up. */
  readonly slopeMbPerHour: number;
  /** What that slope is fitted to: the lowest memory in each third of that time. */
  readonly floorsMb: readonly number[];
  /** The same among the starts of all generations: what stays across restarts. */
  readonly startsSlopeMbPerHour: number;
  /** Medians of the first and the last generations. */
  readonly files: readonly [number, number];
  readonly handles: readonly [number, number];
}

const MEGABYTE = 1_000_000;
/** A generation's start, in which every one of them does the same. */
const START_MIN_MS = 4_000;
const START_MAX_MS = 12_000;
/** The share of the last generation in which caches and heaps fill. */
const WARM_UP = 1 / 6;
/** A heap grows from one full collection to the next, minutes later: its floors tell what is really held. */
const FLOORS = 3;

const isStart = ({ ageMs }: Sample): boolean => ageMs >= START_MIN_MS && ageMs < START_MAX_MS;

/** The last generation after warming up. */
function settled(samples: readonly Sample[]): Sample[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  return samples.filter(
    ({ generation, ageMs }) => generation === last.generation && ageMs >= last.ageMs * WARM_UP,
  );
}

/** The lowest of each of three equal spans, at the moment when it was. */
function floors(points: readonly Point[]): Point[] {
  const [first, last] = [points[0]?.hours ?? 0, points.at(-1)?.hours ?? 0];
  const spanOf = ({ hours }: Point): number =>
    Math.min(Math.floor(((hours - first) / (last - first)) * FLOORS), FLOORS - 1);
  return Array.from({ length: FLOORS }, (_, i) => points.filter((point) => spanOf(point) === i))
    .filter((span) => span.length > 0)
    .map((span) => span.reduce((low, point) => (point.value < low.value ? point : low)));
}

/** Growth of the app or of CometBFT. */
export function growthOf(samples: readonly Sample[], which: "app" | "comet"): Growth {
  // What the journal holds is in memory until it fills its 64 MiB: a buffer, not a leak.
  const megabytes = (sample: Sample): number =>
    (sample[which].anonymousBytes - (which === "app" ? sample.journalBytes : 0)) / MEGABYTE;
  const points = (some: readonly Sample[]): Point[] =>
    some.map((sample) => ({ hours: sample.hours, value: megabytes(sample) }));
  const starts = samples.filter(isStart);
  const third = Math.ceil(starts.length / 3);
  const ends = (measure: (usage: Usage) => number): [number, number] => [
    median(starts.slice(0, third).map((sample) => measure(sample[which]))),
    median(starts.slice(-third).map((sample) => measure(sample[which]))),
  ];
  const rest = settled(samples);
  const low = floors(points(rest));
  return {
    residentMb: median(rest.map((sample) => sample[which].residentBytes / MEGABYTE)),
    slopeMbPerHour: slopeOf(low),
    floorsMb: low.map(({ value }) => value),
    startsSlopeMbPerHour: slopeOf(points(starts)),
    files: ends(({ files }) => files),
    handles: ends(({ handles }) => handles),
  };
}

/** A process's growth in one line. */
export const growthLine = (name: string, growth: Growth): string => {
  const { residentMb, slopeMbPerHour, floorsMb, startsSlopeMbPerHour, files, handles } = growth;
  const low = floorsMb.map((each) => each.toFixed(0)).join(" ");
  const starts = `at starts ${startsSlopeMbPerHour.toFixed(1)} MB/h`;
  const slopes = `floors ${low} MB: ${slopeMbPerHour.toFixed(1)} MB/h, ${starts}`;
  const open = `files ${files.join(" → ")}, handles ${handles.join(" → ")}`;
  return `${name}: ${residentMb.toFixed(0)} MB, ${slopes}, ${open}`;
};
