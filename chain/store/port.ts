import type { ReadStore } from "#chain/kernel/ctx.ts";
import type { NamedRoot } from "#chain/merkle/multistore.ts";
import type { ProofOp } from "#proto/gen/tendermint/crypto.ts";
import type { CacheUsage } from "./cache.ts";
import type { Version } from "./record.ts";
import type { Restoration } from "./restore.ts";
import type { Manifest } from "./snapshot.ts";

/** Longest key of a module's entry, in bytes. */
export const KEY_BYTES_MAX = 1024;
/**
 * Longest value of an entry, in bytes; the shortest has one, since ICS-23 knows no proof of an empty value.
 */
export const VALUE_BYTES_MAX = 4_194_304;
/** Heights stay below this, so that a tree's versions are small integers: 68 years of one block a second. */
export const HEIGHT_MAX = 0x7fffffffn;

/** A key and its value. Neither array may be changed by the reader: the store may hold it in a cache. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** One entry to write, or to delete where the value is undefined. */
export interface Change {
  readonly space: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** The next version, computed but not written. */
export interface Staged {
  readonly height: bigint;
  readonly appHash: Uint8Array;
}

/** One committed version, which never changes. Reads are never asynchronous. */
export interface StoreView extends ReadStore {
  /** Height of the version; 0 before the first. */
  readonly height: bigint;
  /**
   * Its app hash, 32 bytes: over the non-empty spaces only, so SHA-256 of nothing before the first version.
   */
  readonly appHash: Uint8Array;
  /** The entries of `range` in descending order. */
  rangeReverse(space: string, start: Uint8Array, end: Uint8Array | undefined): Iterable<Entry>;
  /** The non-empty spaces and their root hashes, by name: the leaves of the app hash. */
  roots(): readonly NamedRoot[];
  /**
   * The ICS-23 proof under the app hash of what the space holds at a key, a value or nothing: from the entry,
   * or from its neighbours, up. A version without any entry has no proof.
   */
  prove(space: string, key: Uint8Array): readonly ProofOp[];
  /** Every entry of one space, or of all in the order of their names. */
  dump(space?: string): Iterable<Change & { readonly value: Uint8Array }>;
}

/** What a snapshot is made of. */
export interface SnapshotSource {
  readonly version: Version;
  /** See `snapshotPages`. */
  pages(): Iterable<Uint8Array>;
  release(): void;
}

/** The authenticated store, as the last committed version. */
export interface CommitStore extends StoreView {
  /**
   * Computes the version that follows from the changes, which come sorted by (space, key) and unique. Changes
   * nothing that a reader sees, and may be called again with other changes. Any height may come first, then
   * each must follow the last.
   */
  stage(height: bigint, changes: readonly Change[]): Staged;
  /**
   * Writes a staged version in one atomic and synced batch, after which readers see it; over memory it has
   * happened when the call returns. When it fails, the store refuses everything until it is opened again.
   */
  commit(staged: Staged): Promise<void>;
  /**
   * A kept version, whatever is committed after it; undefined where the store does not keep it. Once it is
   * pruned its methods throw StoreError `height`.
   */
  at(height: bigint): StoreView | undefined;
  /**
   * Starts to restore a snapshot into a store without a version; StoreError `height` where there is one. When
   * it is finished, readers see its version. An earlier one that was not finished must be dropped first.
   */
  restore(manifest: Manifest): Restoration;
  /** Drops an unfinished restoration and all it has written. */
  dropRestoration(): Promise<void>;
  close(): Promise<void>;
}

/** What a store takes of the memory. */
export interface StoreUsage {
  readonly entries: CacheUsage;
  readonly pages: CacheUsage;
  /** Bytes that the map below takes by its own account; 0 where it keeps none. */
  readonly mapBytes: number;
}

/** What the node's tools need of a store beyond the state machine. */
export interface NodeStore extends CommitStore {
  /** Returns to the version before the last. Possible once after each commit. */
  rollback(): Promise<void>;
  /** The heights that are kept, ascending. */
  kept(): Iterable<bigint>;
  /** Keeps a version that is kept now, and all after it, until the function it gives is called. */
  pin(height: bigint): () => void;
  /** A kept version as a snapshot's pages; it stays until it is released. */
  snapshot(height: bigint): SnapshotSource;
  usage(): StoreUsage;
}
