import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes } from "#chain/bytes/compare.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import type { ReadStore, WriteStore } from "#chain/kernel/ctx.ts";
import { ChainBug } from "#chain/kernel/error.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";

const nothing: ReadStore = { get: () => undefined, range: () => [] };

/** What an overlay must behave like: one sorted list for each space. */
interface Model {
  readonly spaces: Map<string, Map<string, number>>;
}

const key = fc.uint8Array({ minLength: 0, maxLength: 2, max: 3 });
const space = fc.constantFrom("a", "b");
const op = fc.constantFrom("set", "delete", "open", "keep", "drop", "range");
const command = fc.record({
  op,
  space,
  key,
  value: fc.integer({ min: 1, max: 255 }),
  end: fc.option(key, { nil: undefined }),
});

const copied = ({ spaces }: Model): Model => ({
  spaces: new Map([...spaces].map(([name, entries]) => [name, new Map(entries)])),
});

/** The entries of the model between two keys, in key order. */
function expected({ spaces }: Model, name: string, start: Uint8Array, end: Uint8Array | undefined): string[] {
  return [...(spaces.get(name) ?? [])]
    .map(([hex, value]) => [fromHex(hex), value] as const)
    .filter(([each]) => compareBytes(each, start) >= 0 && (!end || compareBytes(each, end) < 0))
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([each, value]) => `${toHex(each)}=${value}`);
}

const found = (store: ReadStore, name: string, start: Uint8Array, end: Uint8Array | undefined): string[] =>
  [...store.range(name, start, end)].map(([each, value]) => `${toHex(each)}=${value[0]}`);

test("nested savepoints read, walk, keep and drop like one sorted map", () => {
  const property = fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
    const layers: Overlay[] = [overlay(nothing)];
    const models: Model[] = [{ spaces: new Map() }];
    for (const each of commands) {
      const [top, model] = [layers.at(-1) as Overlay, models.at(-1) as Model];
      if (each.op === "open") {
        layers.push(overlay(top));
        models.push(copied(model));
      } else if (each.op === "keep" || each.op === "drop") {
        if (layers.length === 1) continue;
        layers.pop();
        models.pop();
        if (each.op === "drop") continue;
        top.applyTo(layers.at(-1) as WriteStore);
        models[models.length - 1] = model;
      } else if (each.op === "range") {
        assert.deepEqual(
          found(top, each.space, each.key, each.end),
          expected(model, each.space, each.key, each.end),
        );
      } else {
        const entries = model.spaces.get(each.space) ?? new Map<string, number>();
        model.spaces.set(each.space, entries);
        if (each.op === "set") {
          top.set(each.space, each.key, Uint8Array.of(each.value));
          entries.set(toHex(each.key), each.value);
        } else {
          top.delete(each.space, each.key);
          entries.delete(toHex(each.key));
        }
        assert.equal(top.get(each.space, each.key)?.[0], entries.get(toHex(each.key)));
      }
    }
    const [top, model] = [layers.at(-1) as Overlay, models.at(-1) as Model];
    for (const name of ["a", "b"])
      assert.deepEqual(
        found(top, name, new Uint8Array(0), undefined),
        expected(model, name, new Uint8Array(0), undefined),
      );
  });
  fc.assert(property, { numRuns: 1_000 });
});

test("changes come once each, sorted by space and key", () => {
  const top = overlay(nothing);
  const put = (name: string, ...bytes: number[]) => top.set(name, Uint8Array.from(bytes), Uint8Array.of(1));
  put("b", 1);
  put("a", 200);
  put("a", 3, 1);
  put("a", 3);
  put("b", 1);
  top.delete("a", Uint8Array.of(200));
  assert.deepEqual(
    top.changes().map((change) => [change.space, toHex(change.key), change.value?.length]),
    [
      ["a", "03", 1],
      ["a", "0301", 1],
      ["a", "c8", undefined],
      ["b", "01", 1],
    ],
  );
});

test("a walk does not see what is written during it", () => {
  const top = overlay(nothing);
  for (const byte of [1, 2, 3]) top.set("a", Uint8Array.of(byte), Uint8Array.of(byte));
  const seen: number[] = [];
  for (const [each] of top.range("a", new Uint8Array(0), undefined)) {
    seen.push(each[0] as number);
    top.delete("a", Uint8Array.of(2));
    top.set("a", Uint8Array.of(9), Uint8Array.of(9));
  }
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(found(top, "a", new Uint8Array(0), undefined), ["01=1", "03=3", "09=9"]);
});

test("an empty value is a bug: no proof could show it", () => {
  assert.throws(() => overlay(nothing).set("a", Uint8Array.of(1), new Uint8Array(0)), ChainBug);
});
