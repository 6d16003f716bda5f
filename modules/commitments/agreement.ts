import { floorDiv, mulDiv } from "#chain/math/mul-div.ts";

const PPM = 1_000_000n;

/** What one member said of the round's items, its own and those of others: place → label. */
export interface Opinions {
  readonly member: string;
  readonly labels: ReadonlyMap<number, number>;
}

/** Of somebody's labels on items that the member did not label: how many are `label`, and how many in all. */
function elsewhere(
  mine: Opinions,
  theirs: Opinions,
): { readonly byLabel: ReadonlyMap<number, number>; readonly all: number } {
  const byLabel = new Map<number, number>();
  let all = 0;
  for (const [place, label] of theirs.labels) {
    if (mine.labels.has(place)) continue;
    byLabel.set(label, (byLabel.get(label) ?? 0) + 1);
    all += 1;
  }
  return { byLabel, all };
}

/** Sum over the items that two members share of [they agree] − [they would on unrelated items], in 10⁻⁶. */
function gainOn(mine: Opinions, theirs: Opinions, shared: readonly number[]): bigint {
  const { byLabel, all } = elsewhere(mine, theirs);
  let gain = 0n;
  for (const place of shared) {
    const label = mine.labels.get(place) as number;
    const agreed = theirs.labels.get(place) === label ? PPM : 0n;
    // With nothing to compare with, agreement proves nothing.
    const byChance = all === 0 ? PPM : mulDiv(BigInt(byLabel.get(label) ?? 0), PPM, BigInt(all), "up");
    gain += agreed - byChance;
  }
  return gain;
}

/** For each member the others with whom it shares items, and which. */
function sharedPlaces(all: readonly Opinions[]): ReadonlyMap<Opinions, ReadonlyMap<Opinions, number[]>> {
  const byPlace = new Map<number, Opinions[]>();
  for (const each of all)
    for (const place of each.labels.keys()) byPlace.set(place, [...(byPlace.get(place) ?? []), each]);
  const found = new Map(all.map((each) => [each, new Map<Opinions, number[]>()]));
  for (const [place, labellers] of byPlace)
    for (const mine of labellers)
      for (const theirs of labellers) {
        if (mine === theirs) continue;
        const places = found.get(mine)?.get(theirs);
        if (places) places.push(place);
        else found.get(mine)?.set(theirs, [place]);
      }
  return found;
}

/**
 * Correlated agreement of each member with those who labelled the same items, in millionths, 0 at least: mean
 * agreement on shared items minus agreement on unrelated ones, so that a constant answer earns nothing and
 * guessing earns nothing on average (Dasgupta and Ghosh 2013; Shnayder, Agarwal, Frongillo and Parkes 2016).
 */
export function correlatedAgreement(all: readonly Opinions[]): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  for (const [mine, others] of sharedPlaces(all)) {
    let [gain, pairs] = [0n, 0n];
    for (const [theirs, places] of others) {
      gain += gainOn(mine, theirs, places);
      pairs += BigInt(places.length);
    }
    found.set(mine.member, gain > 0n ? floorDiv(gain, pairs) : 0n);
  }
  return found;
}
