import { DomainError } from "./error.ts";

/**
 * Parts that sum to the total exactly, are at least the floors, and are otherwise in proportion to the
 * targets: part_k = max(floor_k, target_k/ν), the projection in Kullback–Leibler divergence of the targets
 * on the simplex above the floors, by water-filling. What whole units leave over (fewer than there are
 * parts) goes to the largest target, ties to the lower index. At most K passes over K entries.
 *
 * Why it ends with something to share: were every part of the filled set below its floor, the floors would
 * sum to more than the total. Throws a DomainError when they do, or when no target is positive.
 */
export function waterFill(targets: readonly bigint[], floors: readonly bigint[], total: bigint): bigint[] {
  const { isFilled, filledTargets, rest } = filledSet(targets, floors, total);
  let left = total;
  let largest = 0;
  const parts: bigint[] = [];
  for (let k = 0; k < targets.length; k++) {
    const target = targets[k] as bigint;
    if (target > (targets[largest] as bigint)) largest = k;
    const part = isFilled[k] ? (target * rest) / filledTargets : (floors[k] as bigint);
    parts.push(part);
    left -= part;
  }
  parts[largest] = (parts[largest] as bigint) + left;
  return parts;
}

/** The entries above their floors, the sum of their targets, and what of the total they share. */
function filledSet(targets: readonly bigint[], floors: readonly bigint[], total: bigint) {
  const isFilled = targets.map(() => true);
  let filledTargets = 0n;
  for (const target of targets) filledTargets += target;
  let floorSum = 0n;
  for (const floor of floors) floorSum += floor;
  if (filledTargets <= 0n || floorSum > total || floors.length !== targets.length)
    throw new DomainError("no point of the simplex is above the floors");
  let rest = total;
  for (let changed = true; changed; ) {
    changed = false;
    const [sharedTargets, shared] = [filledTargets, rest];
    for (let k = 0; k < targets.length; k++) {
      const target = targets[k] as bigint;
      const floor = floors[k] as bigint;
      if (!isFilled[k] || target * shared >= floor * sharedTargets) continue;
      isFilled[k] = false;
      filledTargets -= target;
      rest -= floor;
      changed = true;
    }
  }
  return { isFilled, filledTargets, rest };
}
