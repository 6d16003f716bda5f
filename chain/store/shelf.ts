import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { sha256 } from "#chain/bytes/hash.ts";
import { StoreError } from "./error.ts";
import type { NodeStore } from "./port.ts";
import { CHUNK_BYTES, chunker, decodeManifest, encodeManifest, type Manifest } from "./snapshot.ts";

/** Pages that are read in one go, some milliseconds' worth, before everything else has its turn. */
const PAGES_A_SLICE = 64;
const MANIFEST_FILE = "manifest";
const chunkFile = (index: number): string => `${index}.chunk`;

/** A snapshot on the shelf. */
export interface Shelved {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
}

/** Writes bytes so that they are on disk when the promise resolves. */
async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** How a snapshot is cut, and what gives it up halfway. */
interface WriteOptions {
  readonly chunkBytes?: number;
  readonly signal?: AbortSignal;
  /** Told how many chunks are on disk. */
  readonly onChunk?: (written: number) => void;
}

/**
 * Writes a kept version as a snapshot into a folder that is not there yet. It is read slice by slice from a
 * version that nothing changes, while blocks go on; a crash leaves no folder of that name.
 */
export async function writeSnapshot(
  store: NodeStore,
  height: bigint,
  folder: string,
  { chunkBytes = CHUNK_BYTES, signal, onChunk }: WriteOptions = {},
): Promise<Manifest> {
  const source = store.snapshot(height);
  try {
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    const chunkHashes: Uint8Array[] = [];
    const keep = async (chunk: Uint8Array): Promise<void> => {
      await writeSynced(join(partial, chunkFile(chunkHashes.length)), chunk);
      chunkHashes.push(sha256(chunk));
      onChunk?.(chunkHashes.length);
    };
    const cut = chunker(chunkBytes);
    let pages = 0;
    for (const page of source.pages()) {
      for (const chunk of cut.push(page)) await keep(chunk);
      if (++pages % PAGES_A_SLICE > 0) continue;
      await nextTurn();
      signal?.throwIfAborted();
    }
    for (const chunk of cut.rest()) await keep(chunk);
    const { appHash, roots } = source.version;
    const manifest: Manifest = { height, appHash, roots, chunkHashes };
    await writeSynced(join(partial, MANIFEST_FILE), encodeManifest(manifest));
    await rename(partial, folder);
    return manifest;
  } finally {
    source.release();
  }
}

/** Reads the manifest of a snapshot's folder; StoreError `snapshot` where there is none that is sound. */
export async function readSnapshot(folder: string): Promise<Shelved> {
  const manifestBytes = await readFile(join(folder, MANIFEST_FILE)).catch((cause: unknown) => {
    throw new StoreError("snapshot", `no snapshot in ${folder}`, { cause });
  });
  return { manifest: decodeManifest(manifestBytes), manifestBytes };
}

/** Reads a chunk of a snapshot's folder; StoreError `snapshot` where it is missing. */
export const readChunk = (folder: string, index: number): Promise<Uint8Array> =>
  readFile(join(folder, chunkFile(index))).catch((cause: unknown) => {
    throw new StoreError("snapshot", `no chunk ${index} in ${folder}`, { cause });
  });

/** Restores the snapshot of a folder into a store without a version; tells of each chunk that it took. */
export async function readInto(
  store: NodeStore,
  folder: string,
  onChunk?: (taken: number, chunks: number) => void,
): Promise<Manifest> {
  const { manifest } = await readSnapshot(folder);
  const restoring = store.restore(manifest);
  for (const index of manifest.chunkHashes.keys()) {
    await restoring.write(await readChunk(folder, index));
    onChunk?.(index + 1, manifest.chunkHashes.length);
  }
  await restoring.finish();
  return manifest;
}

/** The snapshots of a running node, in one folder. */
export interface Shelf {
  /** Starts a snapshot of a committed height where one is due; does nothing while another is being made. */
  committed(height: bigint): void;
  /** Newest first. */
  list(): Promise<readonly Shelved[]>;
  /** A chunk, or undefined where there is none. */
  chunk(height: bigint, index: number): Promise<Uint8Array | undefined>;
  /** Resolves when no snapshot is being made. */
  idle(): Promise<void>;
  /** Gives up the one that is being made, and makes none any more. */
  close(): Promise<void>;
}

/** How a node makes snapshots. */
export interface ShelfOptions {
  readonly folder: string;
  readonly store: NodeStore;
  /** A snapshot of every height that this divides; 0 for none. */
  readonly every: number;
  /** How many are kept. */
  readonly keep?: number;
  readonly chunkBytes?: number;
  /** Told what went wrong with a snapshot; the node goes on without it. */
  readonly warn?: (text: string) => void;
}

/** The heights of which a folder has snapshots, newest first. */
export async function shelvedHeights(folder: string): Promise<bigint[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const found = names.filter((name) => /^[1-9][0-9]{0,9}$/.test(name)).map((name) => BigInt(name));
  return found.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
}

/** The shelf in a folder. */
export function openShelf({ folder, store, every, ...options }: ShelfOptions): Shelf {
  const { keep = 2, chunkBytes = CHUNK_BYTES, warn = () => undefined } = options;
  const closing = new AbortController();
  let making: Promise<void> | undefined;
  const folderOf = (height: bigint): string => join(folder, String(height));

  const make = async (height: bigint): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await rm(folderOf(height), { recursive: true, force: true });
    await writeSnapshot(store, height, folderOf(height), { chunkBytes, signal: closing.signal });
    for (const old of (await shelvedHeights(folder)).slice(keep))
      await rm(folderOf(old), { recursive: true, force: true });
  };
  return {
    committed(height) {
      if (closing.signal.aborted || every <= 0 || height % BigInt(every) !== 0n || making !== undefined)
        return;
      making = make(height)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) warn(`no snapshot of height ${height}: ${(error as Error).message}`);
        })
        .finally(() => {
          making = undefined;
        });
    },
    async list() {
      const found: Shelved[] = [];
      for (const height of await shelvedHeights(folder))
        try {
          found.push(await readSnapshot(folderOf(height)));
        } catch (error) {
          warn((error as Error).message);
        }
      return found;
    },
    chunk: (height, index) => readChunk(folderOf(height), index).catch(() => undefined),
    async idle() {
      await making;
    },
    async close() {
      closing.abort();
      await making;
    },
  };
}
