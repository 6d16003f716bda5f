import { smaller } from "#chain/math/bounds.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import { brier, hitPpm, totalWeight, weighted } from "./metrics.ts";
import { lossMicronats, type Tally } from "./tallies.ts";

const PPM = 1_000_000n;

/** ⌈10⁶·ln 1000⌉: the loss, in millionths of a nat, of the least clip that a game may have (0.1 %). */
export const LOSS_MAX_MICRONATS = 6_907_756n;

/** Twice 10¹²: the Brier score of certainty in a wrong class. */
const BRIER_MAX = 2n * PPM * PPM;

/** Weighted mean of a value that is at most `most`, mapped to 0…10⁶ and rounded down; 0 for no weight. */
function meanPpm(tallies: readonly Tally[], most: bigint, value: (tally: Tally) => bigint): bigint {
  const total = totalWeight(tallies);
  return total === 0n ? 0n : floorDiv(weighted(tallies, value) * PPM, total * most);
}

/** Score of each built-in, 0…10⁶, higher is better. */
const SCORES: ReadonlyMap<string, (tallies: readonly Tally[]) => bigint> = new Map([
  /** Share of items whose most probable class is the label. */
  ["accuracy/1", (tallies: readonly Tally[]) => meanPpm(tallies, PPM, hitPpm)],
  /** 1 − Brier/2. */
  [
    "brier/1",
    (tallies: readonly Tally[]) => meanPpm(tallies, BRIER_MAX, (tally) => BRIER_MAX - brier(tally)),
  ],
  /** 1 − loss/ln 1000, the loss of an item cut at ln 1000. */
  [
    "logloss/1",
    (tallies: readonly Tally[]) =>
      meanPpm(
        tallies,
        LOSS_MAX_MICRONATS,
        (tally) => LOSS_MAX_MICRONATS - smaller(lossMicronats(tally), LOSS_MAX_MICRONATS),
      ),
  ],
]);

/** The versioned ids of the built-in scores. */
export const builtinIds: readonly string[] = [...SCORES.keys()];

/** The score 0…10⁶ of a built-in; 0 where nothing counts. Throws a RangeError on an id that is none. */
export function builtinScore(builtinId: string, tallies: readonly Tally[]): bigint {
  const score = SCORES.get(builtinId);
  if (!score) throw new RangeError(`no such reward function: ${builtinId}`);
  return score(tallies);
}
