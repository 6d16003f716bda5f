import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { ClassicLevel } from "classic-level";
import { equalBytes } from "#chain/bytes/compare.ts";
import { openDiskStore, openLevelKv } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import { HEAD_KEY, pageKey, UNDO_KEY, versionKey } from "#chain/store/keys.ts";
import type { Kv } from "#chain/store/kv.ts";
import { memoryKv } from "#chain/store/memory.ts";
import { decodeUndo, decodeVersion, encodeVersion } from "#chain/store/record.ts";
import { readSealed, sealingBatch } from "#chain/store/sealed.ts";
import { Store } from "#chain/store/store.ts";
import { verifyStore } from "#chain/store/verify.ts";
import { advance, contents, SPACES, withFolder } from "./kit.ts";

const SIZES = { entryCacheBytes: 0, nodeCacheBytes: 0 };
const isCorrupt = (error: unknown): boolean => error instanceof StoreError && error.kind === "corrupt";

type RawLevel = ClassicLevel<Uint8Array, Uint8Array>;
const openRaw = (folder: string): RawLevel =>
  new ClassicLevel(folder, { keyEncoding: "view", valueEncoding: "view" });

/** Verifies all of a store, then reads the last two versions in every way. */
async function readAll(folder: string): Promise<void> {
  const kv = await openLevelKv(folder);
  await verifyStore(kv).finally(() => kv.close());
  const store = await openDiskStore(folder, { spaces: SPACES });
  try {
    for (const version of ["last", "before"]) {
      for (const { space, key } of store.dump()) store.get(space, key);
      if (version === "last") await store.rollback();
    }
  } finally {
    await store.close();
  }
}

test("a bit flipped in any record on disk is found", async () => {
  await withFolder(async (folder) => {
    const sound = join(folder, "sound");
    const damaged = join(folder, "damaged");
    const store = await openDiskStore(sound, { spaces: SPACES });
    for (let i = 0; i < 5; i++) await advance(store);
    await store.close();
    const raw = openRaw(sound);
    const records = await raw.iterator().all();
    await raw.close();
    assert.ok(records.length > 60);
    for (let at = 0; at < records.length; at += at < 2 ? 1 : 7) {
      await rm(damaged, { recursive: true, force: true });
      await cp(sound, damaged, { recursive: true });
      const [key, value] = records[at] as [Uint8Array, Uint8Array];
      const where = (at * 31) % value.length;
      const copy = openRaw(damaged);
      await copy.put(
        key,
        value.map((byte, i) => (i === where ? byte ^ (1 << (at & 7)) : byte)),
      );
      await copy.close();
      await assert.rejects(readAll(damaged), isCorrupt, `record ${at}`);
    }
    await readAll(sound);
  });
});

test("entries without a version are not taken for an empty store", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder, { spaces: SPACES });
    await advance(store);
    await store.close();
    const raw = openRaw(folder);
    await raw.del(HEAD_KEY);
    await raw.close();
    await assert.rejects(openDiskStore(folder, { spaces: SPACES }), isCorrupt);
  });
});

/** Puts a value with a check sum that fits. */
function replace(kv: Kv, key: Uint8Array, value: Uint8Array): void {
  const batch = sealingBatch();
  batch.put(key, value);
  void kv.write(batch.writes);
}

/** A store of five versions and the map it lies on. */
async function grown(): Promise<readonly [Store, Kv]> {
  const kv = memoryKv();
  const store = new Store(kv, SPACES, SIZES);
  for (let i = 0; i < 5; i++) await advance(store);
  return [store, kv];
}

test("a page in another one's place is found by its hash, and the error names it", async () => {
  const [, kv] = await grown();
  // Nonces count up from the leaves, so the first two pages of a version hold different leaves.
  const [place, other] = [1, 2].map((nonce) => pageKey("bank", { version: 5, nonce })) as [
    Uint8Array,
    Uint8Array,
  ];
  replace(kv, place, readSealed(kv, other) as Uint8Array);
  const store = new Store(kv, SPACES, SIZES);
  assert.throws(
    () => contents(store),
    (error) => isCorrupt(error) && (error as StoreError).space === "bank" && equalPlace(error, place),
  );
});

const equalPlace = (error: unknown, place: Uint8Array): boolean =>
  equalBytes((error as StoreError).key ?? new Uint8Array(), place);

test("a missing page is found, a missing root on opening", async () => {
  const [store, kv] = await grown();
  const count = decodeUndo(UNDO_KEY, readSealed(kv, UNDO_KEY) as Uint8Array).created.get("bank");
  assert.ok(count !== undefined && count > 2);
  kv.write([{ key: pageKey("bank", { version: 5, nonce: 1 }), value: undefined }]);
  assert.throws(() => contents(store), isCorrupt);
  kv.write([{ key: pageKey("bank", { version: 5, nonce: count }), value: undefined }]);
  assert.throws(() => new Store(kv, SPACES, SIZES), isCorrupt);
});

test("a version whose roots do not give its app hash is not opened", async () => {
  const [, kv] = await grown();
  const key = versionKey(5);
  const version = decodeVersion(key, readSealed(kv, key) as Uint8Array);
  const appHash = version.appHash.map((byte, i) => (i === 7 ? byte ^ 1 : byte));
  replace(kv, key, encodeVersion({ ...version, appHash }));
  assert.throws(() => new Store(kv, SPACES, SIZES), isCorrupt);
});
