import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Application } from "#chain/abci/application.ts";
import { abciApplication } from "#chain/abci/handlers.ts";
import { storeSpaces } from "#chain/app/modules.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { openShelf, type Shelf } from "#chain/store/shelf.ts";
import {
  ResponseApplySnapshotChunk_Result as ChunkResult,
  ResponseOfferSnapshot_Result as OfferResult,
  type Snapshot,
} from "#proto/gen/tendermint/abci.ts";
import { people } from "#test/kit/accounts.ts";
import { bareApp, newApp, nextBlock } from "../app/kit.ts";
import { withFolder } from "./kit.ts";

const choice = { members: people("ann", "ben"), others: people("cas") };

async function next(app: App): Promise<string> {
  const { appHash } = await app.finalizeBlock(nextBlock(app, []));
  await app.commit();
  return toHex(appHash);
}

/** A node that has come to height 12 and keeps a snapshot of 10, and what other nodes see of it. */
async function serving(folder: string): Promise<{
  readonly app: App;
  readonly peer: Application;
  readonly hashes: readonly string[];
  readonly shelf: Shelf;
}> {
  const store = memoryStore({ spaces: storeSpaces });
  const shelf = openShelf({ folder: join(folder, "snapshots"), store, every: 5, chunkBytes: 700 });
  const app = newApp(choice, { store, snapshots: shelf });
  const hashes = [""];
  for (let i = 0; i < 12; i++) {
    hashes.push(await next(app));
    await shelf.idle();
  }
  return { app, peer: abciApplication(app, "0"), hashes, shelf };
}

const hashOf = (hex: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(hex ?? "", "hex"));

async function newest(peer: Application): Promise<Snapshot> {
  const { snapshots } = await peer.listSnapshots({});
  assert.deepEqual(
    snapshots.map(({ height }) => height),
    [10n, 5n],
  );
  const [snapshot] = snapshots;
  assert.ok(snapshot && snapshot.chunks > 2 && snapshot.metadata.length < 4_000_000);
  return snapshot;
}

test("a node restored through ABCI has the app hash and keeps in step for twenty blocks", async () => {
  await withFolder(async (folder) => {
    const { app, peer, hashes, shelf } = await serving(folder);
    const snapshot = await newest(peer);
    const path = join(folder, "state");
    const store = await openDiskStore(path, { spaces: storeSpaces });
    const copy = bareApp({ store });
    const joining = abciApplication(copy, "0");
    const offer = { snapshot, appHash: hashOf(hashes[10]) };
    assert.equal((await joining.offerSnapshot(offer)).result, OfferResult.ACCEPT);
    for (let index = 0; index < snapshot.chunks; index++) {
      const { chunk } = await peer.loadSnapshotChunk({ ...snapshot, chunk: index });
      assert.ok(chunk.length > 0 && chunk.length < 16_000_000);
      const forged = chunk.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
      const refused = await joining.applySnapshotChunk({ index, chunk: forged, sender: "mallory" });
      assert.deepEqual(refused, {
        result: ChunkResult.RETRY,
        refetchChunks: [index],
        rejectSenders: ["mallory"],
      });
      assert.equal(copy.info().height, 0n);
      const taken = await joining.applySnapshotChunk({ index, chunk, sender: "ann" });
      assert.equal(taken.result, ChunkResult.ACCEPT);
    }
    assert.deepEqual([copy.info().height, toHex(copy.info().appHash)], [10n, hashes[10]]);
    assert.equal(await next(copy), hashes[11]);
    assert.equal(await next(copy), hashes[12]);
    for (let i = 0; i < 20; i++) assert.equal(await next(copy), await next(app));
    assert.equal((await joining.offerSnapshot(offer)).result, OfferResult.ABORT);
    await shelf.idle();
    await store.close();
  });
});

test("an offer that nobody vouches for is refused, and another one is then taken", async () => {
  await withFolder(async (folder) => {
    const { peer, hashes } = await serving(folder);
    const snapshot = await newest(peer);
    const copy = bareApp({ store: memoryStore({ spaces: storeSpaces }) });
    const joining = abciApplication(copy, "0");
    const appHash = hashOf(hashes[10]);
    const answer = async (changed: Partial<Snapshot>, hash = appHash): Promise<number> =>
      (await joining.offerSnapshot({ snapshot: { ...snapshot, ...changed }, appHash: hash })).result;
    assert.equal(await answer({ format: 2 }), OfferResult.REJECT_FORMAT);
    assert.equal(await answer({}, hashOf(hashes[9])), OfferResult.REJECT);
    for (const changed of [
      { height: 9n },
      { chunks: snapshot.chunks + 1 },
      { hash: appHash },
      { metadata: snapshot.metadata.slice(0, -1) },
      { metadata: new Uint8Array() },
    ])
      assert.equal(await answer(changed), OfferResult.REJECT);
    const nothing = await joining.applySnapshotChunk({ index: 0, chunk: appHash, sender: "" });
    assert.equal(nothing.result, ChunkResult.ABORT);
    for (let round = 0; round < 2; round++) {
      assert.equal(await answer({}), OfferResult.ACCEPT);
      const { chunk } = await peer.loadSnapshotChunk({ ...snapshot, chunk: 0 });
      const skipped = await joining.applySnapshotChunk({ index: 1, chunk, sender: "" });
      assert.equal(skipped.result, ChunkResult.RETRY);
      assert.equal(
        (await joining.applySnapshotChunk({ index: 0, chunk, sender: "" })).result,
        ChunkResult.ACCEPT,
      );
    }
    assert.equal(copy.info().height, 0n);
    assert.deepEqual((await peer.loadSnapshotChunk({ ...snapshot, chunk: 9999 })).chunk, new Uint8Array());
  });
});
