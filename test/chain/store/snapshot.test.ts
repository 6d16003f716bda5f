import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { openDiskStore, openLevelKv } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import { memoryKv, memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { openShelf, readChunk, readInto, readSnapshot, writeSnapshot } from "#chain/store/shelf.ts";
import { chunker, decodeManifest, encodeManifest, type Manifest } from "#chain/store/snapshot.ts";
import { Store } from "#chain/store/store.ts";
import { verifyStore } from "#chain/store/verify.ts";
import { advance, changesAt, contents, SPACES, withFolder } from "./kit.ts";

const SIZES = { entryCacheBytes: 0, nodeCacheBytes: 0 };
const failure = (kind: string) => (error: unknown) => error instanceof StoreError && error.kind === kind;

async function grown(
  heights: number,
  count = 40,
  store = memoryStore({ spaces: SPACES }),
): Promise<NodeStore> {
  for (let i = 0; i < heights; i++) await advance(store, changesAt(store.height + 1n, count));
  return store;
}

/** A snapshot in memory: its manifest and its chunks. */
function snapshotOf(store: NodeStore, chunkBytes = 1000): readonly [Manifest, readonly Uint8Array[]] {
  const source = store.snapshot(store.height);
  const cut = chunker(chunkBytes);
  const chunks = [...source.pages()].flatMap((page) => cut.push(page)).concat(cut.rest());
  const { height, appHash, roots } = source.version;
  source.release();
  return [{ height, appHash, roots, chunkHashes: chunks.map((chunk) => sha256(chunk)) }, chunks];
}

async function restoreAll(
  store: NodeStore,
  [manifest, chunks]: ReturnType<typeof snapshotOf>,
): Promise<void> {
  const restoring = store.restore(manifest);
  for (const chunk of chunks) await restoring.write(chunk);
  await restoring.finish();
}

test("a restored store has the state and the app hash, and goes on as the one it came from", async () => {
  await withFolder(async (folder) => {
    const origin = await grown(25);
    const kv = await openLevelKv(folder);
    const copy = new Store(kv, SPACES, SIZES);
    await restoreAll(copy, snapshotOf(origin));
    assert.equal(copy.height, 25n);
    for (let i = 0; i < 20; i++) {
      assert.deepEqual(copy.appHash, origin.appHash);
      assert.deepEqual(contents(copy), contents(origin));
      for (const { space, key, value } of origin.dump()) assert.deepEqual(copy.get(space, key), value);
      await advance(copy);
      await advance(origin);
    }
    await copy.rollback();
    await advance(copy);
    assert.deepEqual(copy.appHash, origin.appHash);
    assert.equal((await verifyStore(kv)).strayPages, 0);
    await copy.close();
  });
});

test("the same state gives the same bytes, whatever its history on disk", async () => {
  const plain = await grown(20);
  const other = memoryStore({ spaces: SPACES, keepRecent: 9, keepEvery: 4 });
  for (let i = 0; i < 20; i++) {
    await advance(other, changesAt(BigInt(500 + i)));
    await other.rollback();
    await advance(other);
  }
  const [manifest, chunks] = snapshotOf(plain);
  assert.ok(chunks.length > 5);
  const again = memoryStore({ spaces: SPACES });
  await restoreAll(again, [manifest, chunks]);
  for (const store of [other, again]) {
    const [same, sameChunks] = snapshotOf(store);
    assert.equal(toHex(encodeManifest(same)), toHex(encodeManifest(manifest)));
    assert.deepEqual(sameChunks, chunks);
  }
});

test("an empty state is a snapshot of no chunk", async () => {
  const origin = memoryStore({ spaces: SPACES });
  await advance(origin, []);
  const copy = memoryStore({ spaces: SPACES });
  await restoreAll(copy, snapshotOf(origin));
  assert.equal(copy.height, 1n);
  assert.deepEqual(copy.appHash, origin.appHash);
});

test("a hostile chunk is refused although its hash fits, and leaves nothing behind", async () => {
  const origin = await grown(12);
  const [manifest, chunks] = snapshotOf(origin);
  const stream = Buffer.concat(chunks);
  for (let at = 0; at < stream.length; at += 61) {
    const forged = Uint8Array.from(stream, (byte, i) => (i === at ? byte ^ (1 << (at & 7)) : byte));
    const kv = memoryKv();
    const copy = new Store(kv, SPACES, SIZES);
    const restoring = copy.restore({ ...manifest, chunkHashes: [sha256(forged)] });
    const restored = async (): Promise<void> => {
      await restoring.write(forged);
      await restoring.finish();
    };
    await assert.rejects(restored, failure("snapshot"), `byte ${at}`);
    assert.equal(copy.height, 0n);
    assert.deepEqual(contents(copy), []);
    for (const { space, key } of origin.dump()) assert.equal(copy.get(space, key), undefined);
    await copy.dropRestoration();
    for await (const [key] of kv.entries(Uint8Array.of(0), Uint8Array.of(255))) assert.fail(toHex(key));
  }
});

test("a chunk out of turn, too few, or too many bytes are refused; the right one still fits", async () => {
  const origin = await grown(12);
  const [manifest, chunks] = snapshotOf(origin);
  const copy = memoryStore({ spaces: SPACES });
  const restoring = copy.restore(manifest);
  await assert.rejects(restoring.write(chunks[1] as Uint8Array), failure("snapshot"));
  await restoring.write(chunks[0] as Uint8Array);
  await assert.rejects(restoring.finish(), failure("snapshot"));
  assert.throws(() => copy.restore(manifest), failure("height"));
  for (const chunk of chunks.slice(1)) await restoring.write(chunk);
  await restoring.finish();
  assert.deepEqual(copy.appHash, origin.appHash);
  assert.throws(() => copy.restore(manifest), failure("height"));
  for (const rest of [Buffer.concat(chunks).subarray(0, -1), Buffer.concat([...chunks, Buffer.alloc(9)])]) {
    const other = memoryStore({ spaces: SPACES });
    const half = other.restore({ ...manifest, chunkHashes: [sha256(rest)] });
    await assert.rejects(async () => {
      await half.write(rest);
      await half.finish();
    }, failure("snapshot"));
  }
});

test("a manifest that is changed anywhere but in its height gives no state", async () => {
  const [manifest, chunks] = snapshotOf(await grown(5));
  const bytes = encodeManifest(manifest);
  assert.deepEqual(encodeManifest(decodeManifest(bytes)), bytes);
  const heightEnds = 9;
  for (let at = 0; at < bytes.length; at += at === 0 ? heightEnds : 1) {
    const wrong = bytes.map((byte, i) => (i === at ? byte ^ 0x40 : byte));
    await assert.rejects(
      async () => restoreAll(memoryStore({ spaces: SPACES }), [decodeManifest(wrong), chunks]),
      failure("snapshot"),
      `byte ${at}`,
    );
  }
  for (const wrong of [new Uint8Array(), bytes.subarray(1), bytes.subarray(0, -1), new Uint8Array(4_000_000)])
    assert.throws(() => decodeManifest(wrong), failure("snapshot"));
});

test("a restoration cut off by a crash is cleared when the store is opened again", async () => {
  await withFolder(async (folder) => {
    const snapshot = snapshotOf(await grown(12));
    const [manifest, chunks] = snapshot;
    const store = await openDiskStore(folder, { spaces: SPACES });
    const restoring = store.restore(manifest);
    for (const chunk of chunks.slice(0, -1)) await restoring.write(chunk);
    await store.close();
    const again = await openDiskStore(folder, { spaces: SPACES });
    assert.equal(again.height, 0n);
    assert.deepEqual(contents(again), []);
    await restoreAll(again, snapshot);
    assert.equal(again.height, 12n);
    await again.close();
  });
});

test("a shelf makes snapshots of what was committed while blocks go on, and keeps the last two", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(join(folder, "state"), { spaces: SPACES, keepRecent: 2 });
    const hashes = new Map<bigint, string>();
    const warnings: string[] = [];
    const shelf = openShelf({
      ...{ folder: join(folder, "snapshots"), store, every: 5, chunkBytes: 2000 },
      warn: (text) => warnings.push(text),
    });
    for (let i = 0; i < 22; i++) {
      await advance(store, changesAt(store.height + 1n, 300));
      hashes.set(store.height, toHex(store.appHash));
      shelf.committed(store.height);
      // One block more while a snapshot is in the making.
      if (store.height % 5n === 1n) await shelf.idle();
    }
    await shelf.idle();
    assert.deepEqual(warnings, []);
    const shelved = await shelf.list();
    assert.deepEqual(
      shelved.map(({ manifest }) => manifest.height),
      [20n, 15n],
    );
    for (const { manifest } of shelved) {
      assert.equal(toHex(manifest.appHash), hashes.get(manifest.height));
      assert.ok(manifest.chunkHashes.length > 1);
      const copy = memoryStore({ spaces: SPACES });
      await readInto(copy, join(folder, "snapshots", String(manifest.height)));
      assert.equal(toHex(copy.appHash), hashes.get(manifest.height));
    }
    assert.equal(await shelf.chunk(20n, 10_000), undefined);
    assert.equal(await shelf.chunk(7n, 0), undefined);
    assert.equal([...store.kept()].length, 2);
    await store.close();
  });
});

test("a snapshot's files have the asked length, and a folder without a manifest is none", async () => {
  await withFolder(async (folder) => {
    const store = await grown(8, 200);
    const target = join(folder, "out");
    const manifest = await writeSnapshot(store, store.height, target, { chunkBytes: 3000 });
    const files = await readdir(target);
    assert.equal(files.length, manifest.chunkHashes.length + 1);
    for (let i = 0; i < manifest.chunkHashes.length - 1; i++)
      assert.equal((await stat(join(target, `${i}.chunk`))).size, 3000);
    assert.deepEqual(encodeManifest((await readSnapshot(target)).manifest), encodeManifest(manifest));
    await assert.rejects(readSnapshot(folder), failure("snapshot"));
    await assert.rejects(readChunk(target, manifest.chunkHashes.length), failure("snapshot"));
  });
});
