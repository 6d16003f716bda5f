import assert from "node:assert/strict";
import { test } from "node:test";
import { burst } from "#chain/abci/burst.ts";

test("what comes at one moment is worked on together, and each gets its own result", async () => {
  const groups: (readonly number[])[] = [];
  const double = burst(async (items: readonly number[]) => {
    groups.push(items);
    return items.map((item) => item * 2);
  });
  assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6]);
  assert.equal(await double(4), 8);
  assert.deepEqual(groups, [[1, 2, 3], [4]]);
});

test("a burst has a greatest size, and keeps the order over all of them", async () => {
  const sizes: number[] = [];
  const same = burst(async (items: readonly number[]) => {
    sizes.push(items.length);
    return items;
  });
  const items = Array.from({ length: 600 }, (_, i) => i);
  const done: number[] = [];
  await Promise.all(items.map(async (item) => void done.push(await same(item))));
  assert.deepEqual(done, items);
  assert.deepEqual(sizes, [256, 256, 88]);
});

test("a failure is that of every call of its burst, and of no later one", async () => {
  let fails = true;
  const work = burst(async (items: readonly number[]) => {
    if (fails) throw new Error("broken");
    return items;
  });
  const results = await Promise.allSettled([work(1), work(2)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  fails = false;
  assert.equal(await work(3), 3);
});

test("long work on a burst lets others have their turn, and so does what follows from it", async () => {
  const spin = (): void => {
    const untilMs = performance.now() + 3;
    while (performance.now() < untilMs);
  };
  let [turns, turnsOfWork, isOver] = [0, 0, false];
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  const slow = burst(async (items: readonly number[], pause) => {
    setImmediate(count);
    for (const _ of items) {
      spin();
      await pause();
    }
    turnsOfWork = turns;
    return items;
  });
  const use = async (item: number): Promise<void> => {
    await slow(item);
    spin();
  };
  await Promise.all(Array.from({ length: 20 }, (_, i) => use(i)));
  isOver = true;
  assert.ok(turnsOfWork >= 5, `${turnsOfWork} turns`);
  assert.ok(turns - turnsOfWork >= 5, `${turns - turnsOfWork} turns`);
});
