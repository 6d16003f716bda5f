import { equalBytes } from "#chain/bytes/compare.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import type { NamedRoot } from "#chain/merkle/multistore.ts";
import type { ProofOp } from "#proto/gen/tendermint/crypto.ts";
import { boundedCache, type Cache } from "./cache.ts";
import { StoreError } from "./error.ts";
import { flatKey, HEAD_KEY, isSpaceName, nodeKey, UNDO_KEY } from "./keys.ts";
import type { Kv, KvWrite } from "./kv.ts";
import { decodeNode, encodeNode, hashNode, type NodeRef, type StoredNode } from "./node.ts";
import type { Change, Entry, NodeStore, Staged } from "./port.ts";
import { proofOps } from "./proof.ts";
import {
  decodeHead,
  decodeUndo,
  emptyHead,
  encodeHead,
  encodeUndo,
  type Head,
  namedRoots,
  type SpaceUndo,
} from "./record.ts";
import { type StagedVersion, stageVersion } from "./stage.ts";
import type { Load } from "./tree.ts";
import { absence, existence, walk } from "./walk.ts";

const ENTRY_OVERHEAD_BYTES = 200;
const NODE_OVERHEAD_BYTES = 1000;
const NOTHING = new Uint8Array();

/** How much of a store is held in memory: about this many bytes each of entries and of tree nodes. */
export interface CacheSizes {
  readonly entryCacheBytes: number;
  readonly nodeCacheBytes: number;
}

type Seen = Pick<SpaceUndo, "space" | "entries">;
type Present = { readonly value: Uint8Array | undefined };

/**
 * The authenticated store over a flat map of bytes: entries as they are for reads, and for roots and proofs
 * one AVL tree a space, hashed as cosmos/iavl does, whose nodes are opened when they are needed.
 */
export class Store implements NodeStore {
  readonly #kv: Kv;
  readonly #spaces: ReadonlySet<string>;
  readonly #entries: Cache<Present>;
  readonly #nodes: Cache<StoredNode>;
  #head: Head;
  /** What the last version left behind for the one before it; the next commit deletes its orphans. */
  #retired: readonly SpaceUndo[];
  /** Entries as readers still see them while a batch is on its way to the disk. */
  #settling: ReadonlyMap<string, Present> = new Map();
  #writing: Promise<void> | undefined;
  #refusal: StoreError | undefined;

  /** Opens what lies in the map; StoreError `corrupt` unless its roots are there and give its app hash. */
  constructor(kv: Kv, spaces: readonly string[], sizes: CacheSizes) {
    for (const space of spaces)
      if (!isSpaceName(space)) throw new StoreError("space", "not a space's name", { space });
    this.#kv = kv;
    this.#entries = boundedCache(sizes.entryCacheBytes);
    this.#nodes = boundedCache(sizes.nodeCacheBytes);
    const head = kv.get(HEAD_KEY);
    const undo = kv.get(UNDO_KEY);
    this.#head = head === undefined ? emptyHead : decodeHead(head);
    this.#retired = undo === undefined ? [] : decodeUndo(undo).spaces;
    // A space on disk that nobody names any more still belongs to the app hash.
    this.#spaces = new Set([...spaces, ...this.#head.roots.keys()]);
    for (const [space, root] of this.#head.roots) this.#load(space)(root);
  }

  get height(): bigint {
    return this.#head.height;
  }

  get appHash(): Uint8Array {
    return this.#head.appHash.slice();
  }

  get(space: string, key: Uint8Array): Uint8Array | undefined {
    this.#check(space);
    const id = entryId(space, key);
    const known = this.#settling.get(id) ?? this.#entries.get(id);
    if (known !== undefined) return known.value;
    const value = this.#kv.get(flatKey(space, key));
    this.#remember(id, value);
    return value;
  }

  range(space: string, start: Uint8Array, end: Uint8Array | undefined): Iterable<Entry> {
    this.#check(space);
    return walk(this.#head.roots.get(space), this.#load(space), start, end, "ascending");
  }

  rangeReverse(space: string, start: Uint8Array, end: Uint8Array | undefined): Iterable<Entry> {
    this.#check(space);
    return walk(this.#head.roots.get(space), this.#load(space), start, end, "descending");
  }

  stage(height: bigint, changes: readonly Change[]): StagedVersion {
    this.#refuse();
    const get = this.get.bind(this);
    return stageVersion({ head: this.#head, get, load: (space) => this.#load(space) }, height, changes);
  }

  commit(staged: Staged): Promise<void> {
    const { previous, next, spaces } = staged as StagedVersion;
    if (previous !== this.#head)
      throw new StoreError("stale", `version ${staged.height} was staged on another version`);
    const undone = spaces.map((part) => part.undo);
    const batch: KvWrite[] = [];
    for (const { space, orphans } of this.#retired)
      for (const { version, nonce } of orphans)
        batch.push({ key: nodeKey(space, version, nonce), value: undefined });
    for (const { changes, created, undo } of spaces) {
      for (const { key, value } of changes) batch.push({ key: flatKey(undo.space, key), value });
      for (const { ref, node } of created)
        batch.push({ key: nodeKey(undo.space, ref.version, ref.nonce), value: encodeNode(node) });
    }
    batch.push({ key: HEAD_KEY, value: encodeHead(next) });
    batch.push({ key: UNDO_KEY, value: encodeUndo({ previous, spaces: undone }) });
    return this.#write(batch, undone, () => {
      this.#head = next;
      this.#retired = undone;
      for (const { changes, created, undo } of spaces) {
        for (const { key, value } of changes) this.#remember(entryId(undo.space, key), value);
        for (const { ref, node } of created) this.#rememberNode(nodeId(undo.space, ref), node);
      }
    });
  }

  rollback(): Promise<void> {
    this.#refuse();
    const record = this.#kv.get(UNDO_KEY);
    if (record === undefined) throw new StoreError("undo", `nothing to return to from ${this.height}`);
    const { previous, spaces } = decodeUndo(record);
    const batch: KvWrite[] = [];
    for (const { space, entries, created } of spaces) {
      for (const [key, value] of entries) batch.push({ key: flatKey(space, key), value });
      for (let nonce = 1; nonce <= created; nonce++)
        batch.push({ key: nodeKey(space, Number(this.height), nonce), value: undefined });
    }
    batch.push({ key: HEAD_KEY, value: previous.height === 0n ? undefined : encodeHead(previous) });
    batch.push({ key: UNDO_KEY, value: undefined });
    const current = spaces.map(({ space, entries }) => ({
      space,
      entries: entries.map(([key]) => [key, this.get(space, key)] as const),
    }));
    return this.#write(batch, current, () => {
      this.#head = previous;
      this.#retired = [];
      // The next version of this height will give its nodes the same places.
      this.#entries.clear();
      this.#nodes.clear();
    });
  }

  roots(): readonly NamedRoot[] {
    this.#refuse();
    return namedRoots(this.#head.roots);
  }

  prove(space: string, key: Uint8Array): readonly ProofOp[] {
    this.#check(space);
    const [root, load] = [this.#head.roots.get(space), this.#load(space)];
    const found = root && (existence(root, load, key) ?? absence(root, load, key));
    return proofOps({ roots: this.roots(), space, key, found });
  }

  *dump(space?: string): Generator<Change & { readonly value: Uint8Array }> {
    for (const name of space === undefined ? this.#head.roots.keys() : [space])
      for (const [key, value] of this.range(name, NOTHING, undefined)) yield { space: name, key, value };
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    if (this.#refusal?.kind === "closed") return;
    this.#refusal = new StoreError("closed", "the store is closed");
    await this.#kv.close();
  }

  #refuse(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  #check(space: string): void {
    this.#refuse();
    if (!this.#spaces.has(space)) throw new StoreError("space", "unknown space", { space });
  }

  /** Writes a batch over the entries as readers see them until it is on disk. */
  #write(batch: readonly KvWrite[], seen: readonly Seen[], adopt: () => void): Promise<void> {
    this.#refuse();
    if (this.#writing !== undefined) throw new StoreError("stale", "another version is being written");
    const written = this.#kv.write(batch);
    if (written === undefined) {
      adopt();
      return Promise.resolve();
    }
    const settling = new Map<string, Present>();
    for (const { space, entries } of seen)
      for (const [key, value] of entries) settling.set(entryId(space, key), { value });
    this.#settling = settling;
    this.#writing = written
      .then(adopt, (cause) => {
        // Nobody knows what has reached the disk: only opening it again tells.
        this.#refusal = new StoreError("write", "a version could not be written", { cause });
        throw this.#refusal;
      })
      .finally(() => {
        this.#settling = new Map();
        this.#writing = undefined;
      });
    return this.#writing;
  }

  #remember(id: string, value: Uint8Array | undefined): void {
    this.#entries.set(id, { value }, id.length + (value?.length ?? 0) + ENTRY_OVERHEAD_BYTES);
  }

  #rememberNode(id: string, node: StoredNode): void {
    const bytes = node.key.length + (node.kind === "leaf" ? node.value.length : 0) + NODE_OVERHEAD_BYTES;
    this.#nodes.set(id, node, bytes);
  }

  #load(space: string): Load {
    return (ref) => {
      const id = nodeId(space, ref);
      const known = this.#nodes.get(id);
      if (known !== undefined) return known;
      this.#refuse();
      const node = openNode(this.#kv, space, ref);
      this.#rememberNode(id, node);
      return node;
    };
  }
}

const entryId = (space: string, key: Uint8Array): string => `${space}/${toKey(key)}`;

const nodeId = (space: string, ref: NodeRef): string => `${space}/${ref.version}/${ref.nonce}`;

/** Reads a node and checks it against what its parent says of it. */
function openNode(kv: Kv, space: string, ref: NodeRef): StoredNode {
  const key = nodeKey(space, ref.version, ref.nonce);
  const place = { space, key };
  const bytes = kv.get(key);
  if (bytes === undefined) throw new StoreError("corrupt", "a tree node is missing", place);
  let node: StoredNode;
  try {
    node = decodeNode(bytes);
  } catch (cause) {
    throw new StoreError("corrupt", "a tree node is damaged", { ...place, cause });
  }
  const fits = node.height === ref.height && node.size === ref.size;
  if (!fits || !equalBytes(hashNode(node, ref.version), ref.hash))
    throw new StoreError("corrupt", "a tree node does not hash to its reference", place);
  return node;
}
