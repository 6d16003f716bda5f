import { equalBytes } from "#chain/bytes/compare.ts";
import { StoreError } from "#chain/store/error.ts";
import type { CommitStore } from "#chain/store/port.ts";
import type { Restoration } from "#chain/store/restore.ts";
import type { Shelf, Shelved } from "#chain/store/shelf.ts";
import { decodeManifest, type Manifest, manifestHash, SNAPSHOT_FORMAT } from "#chain/store/snapshot.ts";

/** A snapshot as a peer announces it. */
export interface OfferedSnapshot {
  readonly height: bigint;
  readonly format: number;
  readonly chunks: number;
  /** SHA-256 of the manifest. */
  readonly hash: Uint8Array;
  readonly manifest: Uint8Array;
}

/** What to do with an offer: take it, refuse this one or its format, or give up state sync. */
export type OfferVerdict = "accept" | "reject" | "rejectFormat" | "abort";
/** What to do after a chunk: go on, fetch it again from somebody else, refuse the snapshot, or give up. */
export type ChunkVerdict = "accept" | "refetch" | "reject" | "abort";

/** State sync, on both of its sides. */
export interface StateSync {
  /** Snapshots that peers may fetch, newest first. */
  list(): Promise<readonly Shelved[]>;
  /** A chunk of one of them; empty where there is none. */
  load(height: bigint, format: number, index: number): Promise<Uint8Array>;
  /** Starts to restore a snapshot whose app hash the light client has verified. */
  offer(offered: OfferedSnapshot | undefined, appHash: Uint8Array): Promise<OfferVerdict>;
  /** Takes the next chunk; with the last one the state is there, and nothing of it before. */
  apply(index: number, chunk: Uint8Array): Promise<ChunkVerdict>;
}

/** State sync of a store; `restored` is called when a snapshot has become its state. */
export function stateSync(store: CommitStore, shelf: Shelf | undefined, restored: () => void): StateSync {
  let restoring: Restoration | undefined;
  const drop = async (): Promise<void> => {
    restoring = undefined;
    await store.dropRestoration();
  };
  return {
    list: async () => (await shelf?.list()) ?? [],
    load: async (height, format, index) =>
      (format === SNAPSHOT_FORMAT ? await shelf?.chunk(height, index) : undefined) ?? new Uint8Array(),
    async offer(offered, appHash) {
      if (store.height > 0n || offered === undefined) return "abort";
      if (offered.format !== SNAPSHOT_FORMAT) return "rejectFormat";
      const manifest = manifestOf(offered);
      if (manifest === undefined || !equalBytes(manifest.appHash, appHash)) return "reject";
      await drop();
      restoring = store.restore(manifest);
      return "accept";
    },
    async apply(index, chunk) {
      if (restoring === undefined) return "abort";
      if (index !== restoring.taken || !restoring.fits(chunk)) return "refetch";
      try {
        await restoring.write(chunk);
        if (restoring.taken === restoring.manifest.chunkHashes.length) {
          await restoring.finish();
          restoring = undefined;
          restored();
        }
        return "accept";
      } catch (error) {
        if (!(error instanceof StoreError) || error.kind !== "snapshot") throw error;
        await drop();
        return "reject";
      }
    },
  };
}

/** The manifest of an offer whose parts agree. */
function manifestOf({ height, chunks, hash, manifest: bytes }: OfferedSnapshot): Manifest | undefined {
  if (!equalBytes(manifestHash(bytes), hash)) return undefined;
  try {
    const manifest = decodeManifest(bytes);
    return manifest.height === height && manifest.chunkHashes.length === chunks ? manifest : undefined;
  } catch {
    return undefined;
  }
}
