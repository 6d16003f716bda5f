import { compareBigints } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { larger, smaller } from "#chain/math/bounds.ts";
import { floorDiv, mulDiv } from "#chain/math/mul-div.ts";
import type { Profit, Suspicion } from "#proto/gen/iterum/vesting.ts";
import { operatorKey, profits } from "./state.ts";

/** Members over whom a median means something. */
const MEMBERS_MIN = 5;
/** 1.4826 in ten thousandths: the median of absolute deviations times it is a standard deviation. */
const MAD_SCALE = 14_826n;
const MAD_UNIT = 10_000n;
const MILLI = 1_000n;
const U64_MAX = (1n << 64n) - 1n;

/** The lower median; the list is not empty. */
const median = (values: readonly bigint[]): bigint =>
  [...values].sort(compareBigints)[(values.length - 1) >> 1] as bigint;

const mean = ({ gained, lost, rounds }: Profit): bigint => floorDiv(gained - lost, BigInt(rounds));

/**
 * How far each mean lies above the median, in thousandths of a robust standard deviation: (x − median) /
 * (1.4826 · median |x − median|); 0 for those below, and for all where there are fewer than five (design:
 * game.md §4).
 */
export function robustMilli(means: readonly bigint[]): bigint[] {
  if (means.length < MEMBERS_MIN) return means.map(() => 0n);
  const middle = median(means);
  const spread = larger(median(means.map((x) => larger(x - middle, middle - x))), 1n);
  return means.map((x) => {
    const above = larger(x - middle, 0n);
    return smaller(mulDiv(above, MILLI * MAD_UNIT, MAD_SCALE * spread, "down"), U64_MAX);
  });
}

/** An operator's profits by member, of those with enough common rounds, each with its suspicion. */
export function suspicionsOf(
  ctx: ReadCtx,
  gameId: string,
  operator: string,
  commonRoundsMin: number,
): Suspicion[] {
  const found = [...profits.under(ctx, operatorKey, [gameId, operator])]
    .map(([, profit]) => profit)
    .filter(({ rounds }) => rounds >= commonRoundsMin);
  const milli = robustMilli(found.map(mean));
  return found.map((profit, i) => ({ profit, suspicionMilli: milli[i] as bigint }));
}
