import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addRound, emptyBoard, originalOf, type Standings, standingsOf } from "#client/standings/board.ts";
import type { StandingsEntry, StandingsRound } from "#client/standings/round.ts";

const names = ["olga", "otto", "ora"] as const;
const height = new Map<string, bigint>([
  ["olga", 9n],
  ["otto", 5n],
  ["ora", 9n],
]);

function standingsFrom(rounds: readonly StandingsRound[], classes = 2): Standings {
  const board = emptyBoard(classes);
  for (const round of rounds) addRound(board, round);
  return standingsOf(board);
}

const entry = (operator: string, predictions: Uint16Array | undefined, profit = 0n): StandingsEntry => ({
  operator,
  modelId: `model of ${operator}`,
  registeredHeight: height.get(operator) ?? 0n,
  profit,
  isForfeit: false,
  predictions,
});

const probability = fc.oneof(fc.constantFrom(0, 65_535), fc.integer({ min: 0, max: 65_535 }));
const item = fc.record({
  label: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
  weight: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  predictions: fc.tuple(probability, probability, probability),
});

/** A round of two classes in which everybody predicts every item. */
const round = fc
  .tuple(fc.array(item, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 999_999 }))
  .map(
    ([items, prior]): StandingsRound => ({
      roundId: 1n,
      classes: 2,
      scalar: false,
      priorPpm: [1_000_000 - prior, prior],
      items: items.map(({ label, weight }) => ({ label, weight })),
      entries: names.map((name, k) =>
        entry(
          name,
          Uint16Array.from(items, ({ predictions }) => predictions[k] as number),
          BigInt((items[0]?.predictions[k] ?? 0) - 30_000),
        ),
      ),
    }),
  );
const rounds = fc.array(round, { minLength: 1, maxLength: 4 });

/** The places 0…n−1 in the order of the keys. */
const placesBy = (keys: readonly number[], n: number): number[] =>
  Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (keys[a % keys.length] ?? 0) - (keys[b % keys.length] ?? 0),
  );

/** The same round with items and orders in other places. */
function shuffled(given: StandingsRound, keys: readonly number[]): StandingsRound {
  const places = placesBy(keys, given.items.length);
  return {
    ...given,
    items: places.map((place) => given.items[place] as StandingsRound["items"][number]),
    entries: placesBy(keys, given.entries.length).map((place) => {
      const found = given.entries[place] as StandingsEntry;
      return { ...found, predictions: Uint16Array.from(places, (at) => found.predictions?.[at] as number) };
    }),
  };
}

test("no order of rounds, orders or items changes a standing by a bit", () => {
  const keys = fc.array(fc.integer(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(rounds, keys, (given, order) => {
      const turned = placesBy(order, given.length).map((place) =>
        shuffled(given[place] as StandingsRound, order),
      );
      assert.deepEqual(standingsFrom(turned), standingsFrom(given));
    }),
    { numRuns: 200 },
  );
});

/** Weighted means by doubles, as a textbook writes them. */
function textbook(given: readonly StandingsRound[], who: number) {
  let [all, hits, brier, loss] = [0, 0, 0, 0];
  for (const { items, entries } of given)
    for (const [i, { label, weight }] of items.entries()) {
      if (label === undefined) continue;
      const p = (entries[who]?.predictions?.[i] as number) / 65_535;
      const w = Number(weight);
      all += w;
      hits += w * ((p > 0.5 ? 1 : 0) === label ? 1 : 0);
      brier += w * 2 * (p - label) ** 2;
      loss -= w * Math.log(Math.max(1e-6, label === 1 ? p : 1 - p));
    }
  return all === 0 ? undefined : { accuracy: hits / all, brier: brier / all, logLoss: loss / all };
}

test("measures are those of a textbook", () => {
  fc.assert(
    fc.property(rounds, (given) => {
      const { operators, models } = standingsFrom(given);
      for (const [k, name] of names.entries()) {
        const meant = textbook(given, k);
        for (const { quality } of [operators, models].flatMap((all) =>
          all.filter((s) => s.operator === name),
        ))
          for (const measure of ["accuracy", "brier", "logLoss"] as const) {
            const [found, expected] = [quality[measure], meant?.[measure]];
            if (found === undefined || expected === undefined) assert.equal(found, expected);
            else assert.ok(Math.abs(found - expected) < 1e-9, `${measure} ${found} for ${expected}`);
          }
      }
    }),
    { numRuns: 200 },
  );
});

test("a copy has correlation one with its original and the same measures", () => {
  fc.assert(
    fc.property(rounds, (given) => {
      const copied = given.map((each) => {
        const [, otto, ora] = each.entries as readonly [unknown, StandingsEntry, StandingsEntry];
        return { ...each, entries: [entry("olga", otto.predictions), otto, ora] };
      });
      const { models } = standingsFrom(copied);
      const [olga, otto] = names.map((name) => models.find(({ operator }) => operator === name));
      assert.deepEqual(olga?.quality, otto?.quality);
      const likeness = olga?.earlier.find(({ operator }) => operator === "otto");
      const said = new Set(copied.flatMap(({ entries }) => [...(entries[1]?.predictions ?? [])]));
      if (said.size === 1) assert.equal(likeness, undefined);
      else assert.deepEqual([likeness?.correlation, likeness?.equalShare], [1, 1]);
      assert.deepEqual(otto?.earlier, []);
    }),
    { numRuns: 200 },
  );
});

/** Thirty items, every third of class 1, and predictions that follow them by a given noise. */
const labels = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 1 : 0));
const noisy = (noise: number): Uint16Array =>
  Uint16Array.from(labels, (label, i) => 10_000 + label * 40_000 + ((i * 7919 * noise) % 9973));
const ended = (entries: readonly StandingsEntry[]): StandingsRound => ({
  roundId: 1n,
  classes: 2,
  scalar: false,
  priorPpm: [666_667, 333_333],
  items: labels.map((label) => ({ label, weight: 1n })),
  entries,
});

test("copies of copies are named after the earliest, and models that are merely good are not", () => {
  const at = (operator: string, registeredHeight: bigint, predictions: Uint16Array): StandingsEntry => ({
    ...entry(operator, predictions),
    registeredHeight,
  });
  const { models } = standingsFrom([
    ended([
      at("third", 30n, noisy(1)),
      at("own", 40n, noisy(5)),
      at(
        "second",
        20n,
        noisy(1).map((value) => value + 1),
      ),
      at("first", 10n, noisy(1)),
    ]),
  ]);
  const original = (name: string) => {
    const standing = models.find(({ operator }) => operator === name);
    assert.ok(standing);
    return originalOf(standing);
  };
  assert.deepEqual([original("first"), original("own")], [undefined, undefined]);
  const [second, third] = [original("second"), original("third")];
  assert.deepEqual([second?.operator, second?.equalShare, second?.values], ["first", 0, 30]);
  assert.deepEqual([third?.operator, third?.equalShare, third?.correlation], ["first", 1, 1]);
});

test("a forfeit costs and is counted, but says nothing of quality; one never opened has no model", () => {
  const forfeit = { ...entry("otto", undefined, -400n), modelId: "", isForfeit: true };
  const { operators, models, baseline } = standingsFrom([
    ended([entry("olga", noisy(1), 120n), entry("otto", noisy(2), 30n)]),
    { ...ended([forfeit]), items: [], priorPpm: [] },
  ]);
  assert.deepEqual(
    operators.map(({ operator, rounds: played, forfeits, profit, quality }) => [
      ...[operator, played, forfeits, profit, quality.items],
    ]),
    [
      ["olga", 1, 0, 120n, 30],
      ["otto", 1, 1, -370n, 30],
    ],
  );
  assert.deepEqual(
    models.map(({ modelId, forfeits, profit }) => [modelId, forfeits, profit]),
    [
      ["model of olga", 0, 120n],
      ["model of otto", 0, 30n],
    ],
  );
  // The void round has no items for the baseline either.
  assert.deepEqual([baseline.rounds, baseline.quality.items], [1, 30]);
});

test("skill is against the prior on the same items: the prior itself has none", () => {
  const third = Math.round(65_535 / 3);
  const prior = new Uint16Array(30).fill(third);
  const { operators } = standingsFrom([
    ended([entry("olga", noisy(1)), entry("otto", prior)]),
    ended([entry("olga", noisy(1)), entry("ora", undefined, 5n)]),
  ]);
  const skill = (name: string) => operators.find(({ operator }) => operator === name)?.skill;
  assert.ok((skill("olga") ?? 0) > 0.5);
  assert.ok(Math.abs(skill("otto") ?? 1) < 1e-4);
  // Shares of a market without predictions: profit alone.
  assert.equal(skill("ora"), undefined);
});
