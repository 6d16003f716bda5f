/** One part of a long run, with a seed of its own: any of them can be run again alone. */
export interface Slice {
  readonly seed: string;
  /** How many came before it. */
  readonly from: number;
  readonly count: number;
}

const whole = (name: string, fallback: number): number => {
  const text = process.env[name];
  if (text === undefined) return fallback;
  if (!/^[0-9]+$/.test(text)) throw new Error(`${name} is not a whole number: ${text}`);
  return Number(text);
};

/**
 * Parts of a run of `total`, `size` each. `ITERUM_TEST_FROM` and `ITERUM_TEST_COUNT`, both multiples of the
 * size, choose some of them, so that several processes can make one run. Throws on other numbers.
 */
export function slices(seed: string, total: number, size: number): Slice[] {
  const from = whole("ITERUM_TEST_FROM", 0);
  const count = whole("ITERUM_TEST_COUNT", total - from);
  if (from % size !== 0 || count % size !== 0 || count === 0 || from + count > total)
    throw new Error(`parts of ${size} out of ${total}, not ${count} from ${from}`);
  return Array.from({ length: count / size }, (_, i) => {
    const at = from + i * size;
    return { seed: `${seed}/${at}`, from: at, count: size };
  });
}
