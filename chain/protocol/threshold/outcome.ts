import { compareBigints } from "#chain/bytes/compare.ts";
import { type Ceremony, checkCeremony, type GroupKey, ThresholdError } from "./ceremony.ts";
import { type Complaint, complaintHolds } from "./complaint.ts";
import { commitmentPoints, type Dealing, dealingHolds, openShare } from "./dealing.ts";
import { G2, times } from "./point.ts";
import { Fr, weightsAtZero } from "./scalar.ts";

/** What became of a ceremony: the same for everybody who saw the same dealings and complaints. */
export interface Outcome {
  /** Dealers whose dealings make the key, in order, each with the weight of its part. */
  readonly dealers: readonly { readonly index: number; readonly weight: bigint; readonly dealing: Dealing }[];
  /** Dealers whose dealing has no form or did not give a recipient its share. */
  readonly faulty: readonly number[];
  /** Complaints that show nothing; for whoever punishes them. */
  readonly idle: readonly Complaint[];
}

/** How many good dealings are needed: so many that one at least is of an honest party. */
const dealingsMin = ({ threshold, previous }: Ceremony): number =>
  previous ? previous.commitments.length : threshold;

/** The dealings of a ceremony that count, once nobody may complain any more. Throws ThresholdError. */
export function outcomeOf(
  ceremony: Ceremony,
  dealings: ReadonlyMap<number, Dealing>,
  complaints: readonly Complaint[],
): Outcome {
  checkCeremony(ceremony);
  const faulty = new Set<number>();
  for (const [dealer, dealing] of dealings) if (!dealingHolds(ceremony, dealer, dealing)) faulty.add(dealer);
  const idle: Complaint[] = [];
  for (const complaint of complaints) {
    const dealing = dealings.get(complaint.dealer);
    if (dealing && complaintHolds(ceremony, dealing, complaint)) faulty.add(complaint.dealer);
    else idle.push(complaint);
  }
  const byIndex = (a: number, b: number): number => compareBigints(BigInt(a), BigInt(b));
  const good = [...dealings].filter(([dealer]) => !faulty.has(dealer)).sort(([a], [b]) => byIndex(a, b));
  if (good.length < dealingsMin(ceremony))
    throw new ThresholdError(`${good.length} good dealings of ${dealingsMin(ceremony)}`);
  // A key that is handed over is interpolated from exactly as many shares as determine it.
  const counting = ceremony.previous ? good.slice(0, dealingsMin(ceremony)) : good;
  const weights = ceremony.previous
    ? weightsAtZero(counting.map(([index]) => index))
    : counting.map(() => 1n);
  const dealers = counting.map(([index, dealing], i) => ({ index, weight: weights[i] as bigint, dealing }));
  return { dealers, faulty: [...faulty].sort(byIndex), idle };
}

/** The group key that the dealings make. After handing over, its public key is the one before. */
export function groupKeyOf({ recipients, threshold }: Ceremony, { dealers }: Outcome): GroupKey {
  let sums = Array.from({ length: threshold }, () => G2.ZERO);
  for (const { weight, dealing } of dealers) {
    const points = commitmentPoints(dealing);
    sums = sums.map((sum, i) => sum.add(times(points[i] ?? G2.ZERO, weight)));
  }
  return { commitments: sums.map((sum) => sum.toBytes()), parties: recipients.length };
}

/**
 * A recipient's share of the group key. Throws ThresholdError where a dealing gives it none: it complains.
 */
export function shareOf(ceremony: Ceremony, { dealers }: Outcome, recipient: number, secret: bigint): bigint {
  return dealers.reduce((sum, { index, weight, dealing }) => {
    const share = openShare(ceremony, index, dealing, recipient, secret);
    if (share === undefined) throw new ThresholdError(`dealer ${index} gave no share`);
    return Fr.add(sum, Fr.mul(weight, share));
  }, 0n);
}
