import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { correlatedAgreement, type Opinions } from "#modules/commitments/agreement.ts";

const PPM = 1_000_000n;
const opinions = (member: string, labels: readonly (readonly [number, number])[]): Opinions => ({
  member,
  labels: new Map(labels),
});

/** The same by the definition, pair by pair, without regard to speed. */
function byDefinition(all: readonly Opinions[], mine: Opinions): bigint {
  let [gain, pairs] = [0n, 0n];
  for (const [place, label] of mine.labels)
    for (const theirs of all) {
      if (theirs === mine || !theirs.labels.has(place)) continue;
      pairs += 1n;
      const unrelated = [...theirs.labels].filter(([other]) => !mine.labels.has(other));
      const same = BigInt(unrelated.filter(([, theirLabel]) => theirLabel === label).length);
      const count = BigInt(unrelated.length);
      const byChance = count === 0n ? PPM : (same * PPM + count - 1n) / count;
      gain += (theirs.labels.get(place) === label ? PPM : 0n) - byChance;
    }
  return gain > 0n ? gain / pairs : 0n;
}

test("two who agree on what they share and differ elsewhere gain what chance would not give", () => {
  const ann = opinions("ann", [
    [0, 1],
    [1, 0],
  ]);
  const ben = opinions("ben", [
    [0, 1],
    [1, 0],
    [2, 0],
    [3, 1],
  ]);
  const found = correlatedAgreement([ann, ben]);
  assert.equal(found.get("ann"), 500_000n);
  // Ben has nothing of Ann's to compare with.
  assert.equal(found.get("ben"), 0n);
});

test("who says the same of everything earns nothing, whoever agrees", () => {
  const places = Array.from({ length: 20 }, (_, i) => i);
  const constant = (member: string, from: number) =>
    opinions(
      member,
      places.slice(from, from + 12).map((place) => [place, 1]),
    );
  for (const gain of correlatedAgreement([
    constant("ann", 0),
    constant("ben", 4),
    constant("cat", 8),
  ]).values())
    assert.equal(gain, 0n);
});

test("agreement is what its definition says, and at most one", () => {
  const label = fc.integer({ min: 0, max: 2 });
  const sheet = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 15 }), label), {
    selector: ([place]) => place,
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(sheet, { minLength: 2, maxLength: 6 }), (sheets) => {
      const all = sheets.map((labels, i) => opinions(`member${i}`, labels));
      const found = correlatedAgreement(all);
      for (const each of all) {
        const gain = found.get(each.member) ?? 0n;
        assert.equal(gain, byDefinition(all, each));
        assert.ok(gain >= 0n && gain <= PPM);
      }
    }),
    { numRuns: 300 },
  );
});

test("honest labels earn more than guesses, and guesses next to nothing", () => {
  const truth = (place: number): number => ((place * 2_654_435_761) >>> 13) & 1;
  const guess = (place: number, of: number): number => ((place * 40_503 + of * 65_537) >>> 7) & 1;
  const sheet = (member: string, of: number, label: (place: number) => number) =>
    opinions(
      member,
      Array.from({ length: 400 }, (_, place) => place)
        .filter((place) => place % 4 !== of)
        .map((place) => [place, label(place)]),
    );
  const honest = [0, 1, 2].map((of) => sheet(`honest${of}`, of, truth));
  const found = correlatedAgreement([...honest, sheet("guesser", 3, (place) => guess(place, 3))]);
  for (const { member } of honest) assert.ok((found.get(member) ?? 0n) > 150_000n, member);
  assert.ok((found.get("guesser") ?? 0n) < 60_000n);
});
