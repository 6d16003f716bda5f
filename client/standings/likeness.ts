/** Exact sums over the predictions that two models made of the same items. They add up in any order. */
export interface Moments {
  readonly values: number;
  /** How many are the same to the last bit. */
  readonly equal: number;
  readonly x: bigint;
  readonly y: bigint;
  readonly xx: bigint;
  readonly yy: bigint;
  readonly xy: bigint;
}

/** Most values of a round whose squares a double sums exactly: 2⁵³ / 65535². */
const VALUES_MAX = 2_000_000;

/** The sums of two models' predictions of a round; throws RangeError where they are of other items. */
export function momentsOf(mine: Uint16Array, theirs: Uint16Array): Moments {
  if (mine.length !== theirs.length || mine.length > VALUES_MAX)
    throw new RangeError("predictions of the same items");
  let [equal, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (const [i, a] of mine.entries()) {
    const b = theirs[i] as number;
    if (a === b) equal++;
    x += a;
    y += b;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  const [bigX, bigY, bigXx, bigYy, bigXy] = [BigInt(x), BigInt(y), BigInt(xx), BigInt(yy), BigInt(xy)];
  return { values: mine.length, equal, x: bigX, y: bigY, xx: bigXx, yy: bigYy, xy: bigXy };
}

/** The sums of two rounds together. */
export const sumOfMoments = (a: Moments, b: Moments): Moments => ({
  values: a.values + b.values,
  equal: a.equal + b.equal,
  x: a.x + b.x,
  y: a.y + b.y,
  xx: a.xx + b.xx,
  yy: a.yy + b.yy,
  xy: a.xy + b.xy,
});

/**
 * Pearson's correlation, −1…1 (Pearson 1895); exactly 1 of equal predictions. Undefined where one side
 * always says the same.
 */
export function correlationOf({ values, x, y, xx, yy, xy }: Moments): number | undefined {
  const n = BigInt(values);
  const spreadX = Number(n * xx - x * x);
  const spreadY = Number(n * yy - y * y);
  if (spreadX === 0 || spreadY === 0) return undefined;
  // Of equal spreads the root is that spread to the last bit: no double of the chain's sizes overflows.
  const found = Number(n * xy - x * y) / Math.sqrt(spreadX * spreadY);
  return Math.max(-1, Math.min(1, found));
}

/** Share of the predictions that are the same to the last bit; of none 0. */
export const equalShareOf = ({ equal, values }: Moments): number => (values === 0 ? 0 : equal / values);
