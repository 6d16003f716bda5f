import type { NamedRoot } from "#chain/merkle/multistore.ts";
import type { ProofOp } from "#proto/gen/tendermint/crypto.ts";
import { Cache } from "./cache.ts";
import { type NodeHasher, nodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import {
  extended,
  isKept,
  keptVersions,
  type Pins,
  type Policy,
  pins,
  prune,
  readHistory,
} from "./history.ts";
import { entryId, HEAD_KEY, isSpaceName, OLDER_KEY, UNDO_KEY } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { Load } from "./node.ts";
import { type Pages, pagesOf } from "./pages.ts";
import type { Change, Entry, NodeStore, SnapshotSource, Staged, StoreUsage, StoreView } from "./port.ts";
import { encodeHead, encodeOlder, encodeUndo, type History, type Version } from "./record.ts";
import { clearKv, type Restoration, restoration } from "./restore.ts";
import { type Batch, sealingBatch } from "./sealed.ts";
import type { Manifest } from "./snapshot.ts";
import { type StagedVersion, stageVersion } from "./stage.ts";
import { putVersion, readVersion, rollbackBatch, snapshotSource } from "./version.ts";
import { viewOf } from "./view.ts";
import { find } from "./walk.ts";

/** So that the last version can always be undone. */
const KEEP_RECENT_MIN = 2;

/** How much of a store is held in memory, and which versions it keeps. */
export interface StoreOptions extends Partial<Policy> {
  /** At most this many bytes of entries. */
  readonly entryCacheBytes: number;
  /** At most this many bytes of pages. */
  readonly nodeCacheBytes: number;
}

/**
 * The authenticated store over a flat map of bytes: one AVL tree a space, hashed as cosmos/iavl does, whose
 * pages are opened when needed.
 */
export class Store implements NodeStore {
  readonly #kv: Kv;
  readonly #policy: Policy;
  readonly #spaces: Set<string>;
  readonly #hasher: NodeHasher = nodeHasher();
  /** Entries as they are; nothing where there is none, since no value is empty. */
  readonly #entries: Cache;
  readonly #pages: Pages;
  readonly #pins: Pins = pins();
  #history: History;
  #version: Version;
  #view: StoreView;
  #writing: Promise<void> | undefined;
  #restoring: Restoration | undefined;
  #refusal: StoreError | undefined;

  /** Opens what lies in the map; StoreError `corrupt` unless its roots are there and give its app hash. */
  constructor(kv: Kv, spaces: readonly string[], options: StoreOptions) {
    for (const space of spaces)
      if (!isSpaceName(space)) throw new StoreError("space", "not a space's name", { space });
    const { keepRecent = KEEP_RECENT_MIN, keepEvery = 0 } = options;
    if (keepRecent < KEEP_RECENT_MIN)
      throw new StoreError("limit", "the last two versions at least must be kept");
    this.#kv = kv;
    this.#policy = { keepRecent, keepEvery };
    this.#entries = new Cache(options.entryCacheBytes);
    this.#pages = pagesOf(kv, this.#hasher, options.nodeCacheBytes);
    this.#history = readHistory(kv);
    this.#version = readVersion(kv, this.#history.last);
    // A space on disk that nobody names any more still belongs to the app hash.
    this.#spaces = new Set([...spaces, ...this.#version.roots.keys()]);
    this.#view = viewOf(this.#version, (space) => this.#load(space));
    for (const [space, root] of this.#version.roots) this.#load(space)(root);
  }

  get height(): bigint {
    return this.#version.height;
  }

  get appHash(): Uint8Array {
    return this.#view.appHash;
  }

  get(space: string, key: Uint8Array): Uint8Array | undefined {
    this.#check(space);
    const root = this.#version.roots.get(space);
    if (root === undefined) return undefined;
    const id = entryId(space, key);
    const known = this.#entries.get(id, Buffer.allocUnsafe);
    if (known !== undefined)
      return known.length === 0 ? undefined : new Uint8Array(known.buffer, known.byteOffset, known.length);
    const value = find(root, this.#load(space), key);
    this.#remember(id, value);
    return value;
  }

  range(space: string, start: Uint8Array, end: Uint8Array | undefined): Iterable<Entry> {
    return this.#view.range(space, start, end);
  }

  rangeReverse(space: string, start: Uint8Array, end: Uint8Array | undefined): Iterable<Entry> {
    return this.#view.rangeReverse(space, start, end);
  }

  stage(height: bigint, changes: readonly Change[]): StagedVersion {
    this.#refuse();
    const load = (space: string): Load => this.#load(space);
    return stageVersion({ version: this.#version, hasher: this.#hasher, load }, height, changes);
  }

  commit(staged: Staged): Promise<void> {
    this.#refuse();
    const { previous, next, spaces } = staged as StagedVersion;
    if (previous !== this.#version)
      throw new StoreError("stale", `version ${staged.height} was staged on another version`);
    const batch = sealingBatch();
    const [last, before] = [Number(next.height), Number(previous.height)];
    const pages = putVersion(batch, staged as StagedVersion);
    const history = prune(this.#kv, batch, extended(this.#history, last), this.#policy, this.#pins.lowest());
    if (history.older !== this.#history.older) batch.put(OLDER_KEY, encodeOlder(history.older));
    const created = new Map(spaces.map((part) => [part.space, part.created.length]));
    batch.put(UNDO_KEY, encodeUndo({ previous: before, created }));
    batch.put(HEAD_KEY, encodeHead(history));
    return this.#write(batch, () => {
      this.#adopt(history, next);
      for (const { space, changes } of spaces)
        for (const { key, value } of changes) this.#remember(entryId(space, key), value);
      // Past versions may still ask for these, but seldom.
      for (const { space, orphans } of spaces) for (const place of orphans) this.#pages.drop(space, place);
      for (const { space, ref, top, stored } of pages) this.#pages.keep(space, ref, top, stored);
    });
  }

  rollback(): Promise<void> {
    this.#refuse();
    const { from, older } = this.#history;
    const { batch, version } = rollbackBatch(this.#kv, this.#version);
    const previous = Number(version.height);
    const history: History = { last: previous, from: Math.min(from, previous), older };
    if (previous === 0) batch.delete(HEAD_KEY);
    else batch.put(HEAD_KEY, encodeHead(history));
    return this.#write(batch, () => {
      this.#adopt(history, version);
      // The next version of this height will give its pages the same places.
      this.#entries.clear();
      this.#pages.clear();
    });
  }

  at(height: bigint): StoreView | undefined {
    this.#refuse();
    if (!this.#isKept(height)) return undefined;
    const version = readVersion(this.#kv, Number(height));
    return viewOf(version, (space) => {
      const load = this.#load(space);
      return (ref) => {
        if (!this.#isKept(height)) throw new StoreError("height", `version ${height} is no longer kept`);
        return load(ref);
      };
    });
  }

  kept(): Iterable<bigint> {
    return keptVersions(this.#history);
  }

  pin(height: bigint): () => void {
    if (!this.#isKept(height)) throw new StoreError("height", `version ${height} is not kept`);
    return this.#pins.add(Number(height));
  }

  snapshot(height: bigint): SnapshotSource {
    const release = this.pin(height);
    // Every page is read once: it would only push others out of the cache.
    return snapshotSource(this.#kv, Number(height), () => this.#refuse(), release);
  }

  usage(): StoreUsage {
    return {
      entries: this.#entries.usage,
      pages: this.#pages.usage(),
      mapBytes: this.#kv.memoryBytes?.() ?? 0,
    };
  }

  restore(manifest: Manifest): Restoration {
    this.#refuse();
    if (this.height > 0n || this.#restoring !== undefined || this.#writing !== undefined)
      throw new StoreError("height", `a snapshot cannot be restored over height ${this.height}`);
    this.#restoring = restoration(this.#kv, manifest, (history, version) => {
      for (const space of version.roots.keys()) this.#spaces.add(space);
      this.#adopt(history, version);
      this.#entries.clear();
      this.#restoring = undefined;
    });
    return this.#restoring;
  }

  async dropRestoration(): Promise<void> {
    this.#refuse();
    if (this.#restoring !== undefined) await clearKv(this.#kv);
    this.#restoring = undefined;
  }

  roots(): readonly NamedRoot[] {
    this.#refuse();
    return this.#view.roots();
  }

  prove(space: string, key: Uint8Array): readonly ProofOp[] {
    return this.#view.prove(space, key);
  }

  dump(space?: string): Iterable<Change & { readonly value: Uint8Array }> {
    return this.#view.dump(space);
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    if (this.#refusal?.kind === "closed") return;
    this.#refusal = new StoreError("closed", "the store is closed");
    await this.#kv.close();
  }

  #adopt(history: History, version: Version): void {
    this.#history = history;
    this.#version = version;
    this.#view = viewOf(version, (space) => this.#load(space));
  }

  #isKept(height: bigint): boolean {
    return isKept(this.#history, Number(height));
  }

  #refuse(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  #check(space: string): void {
    this.#refuse();
    if (!this.#spaces.has(space)) throw new StoreError("space", "unknown space", { space });
  }

  /** Writes a batch; until it is on disk, readers see what was there before. */
  #write(batch: Batch, adopt: () => void): Promise<void> {
    if (this.#writing !== undefined) throw new StoreError("stale", "another version is being written");
    const written = this.#kv.write(batch.writes);
    if (written === undefined) {
      adopt();
      return Promise.resolve();
    }
    this.#writing = written
      .then(adopt, (cause) => {
        // Nobody knows what has reached the disk: only opening it again tells.
        this.#refusal = new StoreError("write", "a version could not be written", { cause });
        throw this.#refusal;
      })
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }

  #remember(id: string, value: Uint8Array | undefined): void {
    this.#entries.set(id, value?.length ?? 0, (out, at) => value && out.set(value, at));
  }

  #load(space: string): Load {
    this.#check(space);
    return (ref) => {
      this.#refuse();
      return this.#pages.open(space, ref);
    };
  }
}
