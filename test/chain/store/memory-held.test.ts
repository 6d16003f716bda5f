import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { Change } from "#chain/store/port.ts";
import { advance, sorted } from "./kit.ts";

const SPACE = "bank";
const ENTRIES = 20_000;
const BLOCKS = 2_000;
const HOT = 8;
/** Caches of 1 MB, what is cut for pages taken out (16 MB) with their index, and a few slabs. */
const HELD_MAX = 48 << 20;

const key = (number: number): Uint8Array => sha256(u32be(number));
const write = (number: number, turn: number): Change => ({
  space: SPACE,
  key: key(number),
  value: sha256(u32be(number), u32be(turn)),
});

/** Bytes of buffers that are still in use after full collections. */
async function buffersHeld(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 2; i++) {
    collect();
    await nextTurn();
  }
  return process.memoryUsage().arrayBuffers;
}

test("pages that are read once do not hold the memory of those that were rewritten since", async () => {
  const caches = { entryCacheBytes: 1 << 20, nodeCacheBytes: 1 << 20 };
  const store = memoryStore({ spaces: [SPACE], ...caches });
  await advance(store, sorted(Array.from({ length: ENTRIES }, (_, i) => write(i, 0))));
  const before = await buffersHeld();
  for (let turn = 1; turn <= BLOCKS; turn++) {
    assert.ok(store.get(SPACE, key(HOT + (turn % (ENTRIES - HOT)))));
    await advance(store, sorted(Array.from({ length: HOT }, (_, i) => write(i, turn))));
  }
  const held = (await buffersHeld()) - before;
  // Asked afterwards, so that the store has not been collected as well.
  assert.equal(store.height, BigInt(BLOCKS) + 1n);
  assert.ok(held < HELD_MAX, `${held} bytes more`);
});
