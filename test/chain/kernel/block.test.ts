import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainBug, ChainError, ensure, errorSet } from "#chain/kernel/error.ts";
import { gasMeter, gasPrices } from "#chain/kernel/gas.ts";
import { textKey, u64Key } from "#chain/kernel/keys.ts";
import { type AnyModule, invariant } from "#chain/kernel/module.ts";
import { registry } from "#chain/kernel/registry.ts";
import { keyspace, u64Value } from "#chain/kernel/state.ts";
import { counted, counts, total, toy, toyRegistry } from "./toy.ts";

const errors = errorSet("toy", { Refused: [2, "refused"] });

const count = (ctx: Parameters<Parameters<ReturnType<typeof toy>["try"]>[0]>[0], name: string): void => {
  counts.set(ctx, name, (counts.get(ctx, name) ?? 0n) + 1n);
  ctx.emit("toy.counted", [["name", name]]);
  ctx.fire(counted, { name });
};

test("what returns keeps its writes, its events and those of its hooks", () => {
  const { ctx, events, try: attempt } = toy();
  const result = attempt((inner) => {
    for (const name of ["ann", "ann"]) count(inner, name);
    return 7;
  });
  assert.equal(result, 7);
  assert.deepEqual([counts.get(ctx, "ann"), total.get(ctx), events.length], [2n, 2n, 2]);
});

for (const [what, thrown] of [
  ["an error of a user", errors.Refused()],
  ["an unforeseen error", new TypeError("undefined is not a function")],
  ["a bug", new ChainBug("impossible")],
  ["what is no error", "text"],
] as const)
  test(`${what} takes everything back, also what hooks wrote`, () => {
    const { ctx, events, store, try: attempt } = toy();
    attempt((inner) => count(inner, "ann"));
    const before = [store.changes(), events.length];
    const failing = () =>
      attempt((inner) => {
        count(inner, "ann");
        count(inner, "ben");
        counts.delete(inner, "ann");
        throw thrown;
      });
    assert.throws(failing, (error) => error === thrown);
    assert.deepEqual([store.changes(), events.length], before);
    assert.deepEqual([counts.get(ctx, "ann"), counts.get(ctx, "ben")], [1n, undefined]);
  });

test("a failure within a savepoint leaves what the savepoint around it has done", () => {
  const { ctx, try: attempt } = toy();
  attempt((outer) => {
    count(outer, "ann");
    ensure(counts.has(outer, "ann"), errors.Refused);
  });
  assert.throws(() => attempt((inner) => ensure(counts.has(inner, "ben"), errors.Refused)), ChainError);
  assert.equal(total.get(ctx), 1n);
});

test("every access costs gas by its bytes, and the same work runs out at the same access", () => {
  const run = (limit: bigint) => {
    const { store, try: attempt } = toy();
    const gas = gasMeter(limit);
    let done = 0;
    try {
      attempt((ctx) => {
        for (; done < 10; done++) counts.set(ctx, `name${done}`, 1n);
      }, gas);
    } catch (error) {
      assert.ok(error instanceof ChainError);
      assert.deepEqual([error.codespace, error.code], ["sdk", 11]);
    }
    return { done, used: gas.used(), changes: store.changes().length };
  };
  const { writeFlat, writePerByte } = gasPrices;
  const perWrite = writeFlat + writePerByte * BigInt(1 + 1 + 5 + 8);
  assert.deepEqual(run(10n * perWrite), { done: 10, used: 10n * perWrite, changes: 10 });
  assert.deepEqual(run(10n * perWrite - 1n), { done: 9, used: 10n * perWrite, changes: 0 });
  assert.deepEqual(run(3n * perWrite), run(3n * perWrite));
  assert.equal(run(3n * perWrite).done, 3);
});

test("reads, walks and deletions cost gas too", () => {
  const { ctx, try: attempt } = toy();
  counts.set(ctx, "ann", 1n);
  const used = (work: Parameters<typeof attempt>[0]): bigint => {
    const gas = gasMeter(1_000_000n);
    attempt(work, gas);
    return gas.used();
  };
  const keyBytes = 1n + 1n + 3n;
  const { readFlat, readPerByte, iterateFlat, deleteFlat } = gasPrices;
  assert.equal(
    used((inner) => counts.get(inner, "ann")),
    readFlat + readPerByte * (keyBytes + 8n),
  );
  assert.equal(
    used((inner) => counts.has(inner, "ben")),
    readFlat + readPerByte * keyBytes,
  );
  assert.equal(
    used((inner) => [...counts.all(inner)]),
    iterateFlat + readPerByte * (keyBytes + 8n),
  );
  assert.equal(
    used((inner) => counts.delete(inner, "ann")),
    deleteFlat,
  );
});

test("one key id, one name of a module, one message for each", () => {
  const space = keyspace("other");
  space.item(1, u64Value);
  assert.throws(() => space.table(1, textKey, u64Value), ChainBug);
  assert.throws(() => space.item(0, u64Value), ChainBug);
  assert.throws(() => space.item(128, u64Value), ChainBug);
  const [first] = toyRegistry.modules;
  assert.throws(() => registry([first, first] as readonly AnyModule[]), ChainBug);
  assert.equal(toyRegistry.messages.size, 0);
});

test("an item that was never set is a bug, an entry that is missing is none", () => {
  const { ctx } = toy();
  assert.throws(() => total.get(ctx), ChainBug);
  assert.equal(total.find(ctx), undefined);
  assert.equal(counts.get(ctx, "nobody"), undefined);
});

test("an entry's key is its table's id and its own bytes, and tables do not run into each other", () => {
  const space = keyspace("pairs");
  const [small, large] = [space.table(1, u64Key, u64Value), space.table(2, u64Key, u64Value)];
  const { ctx } = toy();
  for (const id of [0n, 1n, 2n ** 64n - 1n]) {
    small.set(ctx, id, id);
    large.set(ctx, id, 7n);
  }
  assert.deepEqual(
    [...small.all(ctx)].map(([id, value]) => id === value),
    [true, true, true],
  );
  assert.deepEqual(small.keyBytes(1n), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1));
});

test("an invariant is a sentence with a cost, and modules keep their order", () => {
  const { name, cost } = invariant("one is one", "cheap", () => true);
  assert.deepEqual([name, cost], ["one is one", "cheap"]);
  assert.deepEqual(
    toyRegistry.modules.map((module) => module.name),
    ["toy", "sum"],
  );
});
