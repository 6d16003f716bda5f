import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { remembered } from "#chain/bytes/remembered.ts";
import { readCtx, writeCtx } from "#chain/kernel/block.ts";
import type { ReadStore } from "#chain/kernel/ctx.ts";
import { gasMeter } from "#chain/kernel/gas.ts";
import { pair, textKey } from "#chain/kernel/keys.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { registry } from "#chain/kernel/registry.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { Coin } from "#proto/gen/cosmos/base.ts";

const nothing: ReadStore = { get: () => undefined, range: () => [] };
const block = { chainId: "c", height: 1n, timeMs: 0n, proposer: new Uint8Array(), verdicts: new Map() };

test("a function that remembers gives what it gives without, however little it may remember", () => {
  const name = (at: number): string => `${at}`;
  const asked = fc.array(fc.nat(20), { maxLength: 200 });
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 8 }), (arguments_, most) => {
      let made = 0;
      const square = remembered<number, number>(most, name, (at) => {
        made += 1;
        return at * at;
      });
      for (const at of arguments_) assert.equal(square(at), at * at);
      assert.ok(made <= arguments_.length);
    }),
  );
});

test("a function remembers its last results, and no more than it may", () => {
  let made = 0;
  const same = remembered<number, number>(
    8,
    (at) => `${at}`,
    (at) => {
      made += 1;
      return at;
    },
  );
  for (let round = 0; round < 100; round++) for (const at of [1, 2, 3]) same(at);
  assert.equal(made, 3);
  for (let at = 0; at < 100; at++) same(at);
  assert.equal(made, 100);
  for (let at = 0; at < 90; at++) same(at);
  assert.equal(made, 190);
});

const space = keyspace("toy");
const coins = space.table(1, pair(textKey, textKey), Coin);

test("pairs of names keep apart what reads the same in one line, and come back as they were set", () => {
  const names = fc.constantFrom("", "a", "b", "ab", "1/", "1/a", "/", "a/1/a");
  const entries = fc.array(fc.tuple(names, names, fc.bigInt(0n, 1n << 100n)), { maxLength: 30 });
  fc.assert(
    fc.property(entries, (written) => {
      const store = overlay(nothing);
      const ctx = writeCtx(registry([]), store, block, []);
      const model = new Map<string, bigint>();
      for (const [a, b, amount] of written) {
        coins.set(ctx, [a, b], { denom: "x", amount });
        model.set(JSON.stringify([a, b]), amount);
      }
      // A copy of the bytes has nothing that is remembered with them.
      const plain = overlay(nothing);
      for (const { space: name, key, value } of store.changes())
        plain.set(name, key, Uint8Array.from(value ?? []));
      for (const [a, b] of written)
        for (const from of [store, plain])
          assert.equal(coins.get(readCtx(from, block), [a, b])?.amount, model.get(JSON.stringify([a, b])));
      assert.equal([...coins.all(readCtx(plain, block))].length, model.size);
    }),
  );
});

test("gas counted in small and large amounts is their sum, and the limit is where it is", () => {
  const amount = fc.oneof(fc.nat(1000), fc.bigInt(0n, 1000n));
  const limits = fc.oneof(fc.bigInt(0n, 20_000n), fc.constantFrom(1n << 53n, 1n << 64n));
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 40 }), limits, (amounts, limit) => {
      const meter = gasMeter(limit);
      let sum = 0n;
      for (const each of amounts) {
        sum += BigInt(each);
        const count = (): void => (typeof each === "bigint" ? meter.consume(each) : meter.charge(each));
        if (sum > limit) assert.throws(count, /out of gas/);
        else count();
        assert.equal(meter.used(), sum);
      }
    }),
  );
});
