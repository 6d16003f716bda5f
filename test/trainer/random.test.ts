import assert from "node:assert/strict";
import { test } from "node:test";
import { randomOf, shuffled, streamFrom } from "#trainer/random.ts";

test("the stream is that of the reference program of xoshiro128**", () => {
  const random = streamFrom(Uint32Array.of(1, 2, 3, 4));
  const expected = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849];
  assert.deepEqual(
    expected.map(() => random.bits()),
    expected,
  );
});

test("a seed gives one stream, another seed another", () => {
  const draw = (seed: string): number[] => Array.from({ length: 4 }, randomOf(seed).bits);
  assert.deepEqual(draw("iterum"), draw("iterum"));
  assert.notDeepEqual(draw("iterum"), draw("Iterum"));
  assert.deepEqual(draw("iterum").slice(0, 2), [1416316223, 973421057]);
});

test("below gives every number of a range about equally often, unit numbers in [0, 1)", () => {
  const random = randomOf("range");
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 6000; i++) {
    const value = random.below(6);
    counts[value] = (counts[value] as number) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1150, `${counts}`);
  const units = Array.from({ length: 1000 }, () => random.unit());
  assert.ok(units.every((unit) => unit >= 0 && unit < 1));
  assert.ok(Math.abs(units.reduce((a, b) => a + b) / 1000 - 0.5) < 0.05);
});

test("a shuffle keeps every element and moves most of them", () => {
  const list = Array.from({ length: 100 }, (_, i) => i);
  const moved = shuffled(list, randomOf("cards"));
  assert.deepEqual(
    [...moved].sort((a, b) => a - b),
    list,
  );
  assert.ok(moved.filter((value, i) => value === i).length < 10);
  assert.equal(list[7], 7);
});
