import { ensure } from "#chain/kernel/error.ts";
import type { Params } from "#proto/gen/cosmos/mint.ts";
import { errors } from "./errors.ts";
import { ONE } from "./inflation.ts";

/** A thousand blocks a second, for a year and more. */
const BLOCKS_PER_YEAR_MAX = 1n << 36n;

/** Fails unless shares and rates are at most one, bounds are in order and a year has a sound length. */
export function ensureParams(params: Params): void {
  const { inflationRateChange, inflationMin, inflationMax, goalBonded, blocksPerYear } = params;
  ensure(inflationRateChange <= ONE && inflationMax <= ONE, errors.BadParams, { rate: "above one" });
  ensure(inflationMin <= inflationMax, errors.BadParams, { inflationMin, inflationMax });
  ensure(goalBonded > 0n && goalBonded <= ONE, errors.BadParams, { goalBonded });
  const isYear = blocksPerYear > 0n && blocksPerYear <= BLOCKS_PER_YEAR_MAX;
  ensure(isYear, errors.BadParams, { blocksPerYear });
}
