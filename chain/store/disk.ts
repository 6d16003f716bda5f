import { crc32 } from "node:zlib";
import { ClassicLevel } from "classic-level";
import { StoreError } from "./error.ts";
import { HEAD_KEY, placeOf } from "./keys.ts";
import type { Kv, KvWrite } from "./kv.ts";
import type { NodeStore } from "./port.ts";
import { type CacheSizes, Store } from "./store.ts";
import { putU32 } from "./wire.ts";

const CHECK_BYTES = 4;
const BLOCK_CACHE_BYTES = 64 << 20;
const WRITE_BUFFER_BYTES = 16 << 20;
const SIZES: CacheSizes = { entryCacheBytes: 64 << 20, nodeCacheBytes: 128 << 20 };

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** The spaces a disk store serves, and how much of them stays in memory (default 64 and 128 MiB). */
export interface DiskOptions extends Partial<CacheSizes> {
  readonly spaces: readonly string[];
}

/**
 * Opens or makes the store in a directory of its own, over LevelDB. Only one process may have it open.
 * StoreError: `open` when the directory is not to be had, `corrupt` when what lies there does not fit
 * together.
 */
export async function openDiskStore(path: string, options: DiskOptions): Promise<NodeStore> {
  const level: Level = new ClassicLevel(path, {
    keyEncoding: "view",
    valueEncoding: "view",
    cacheSize: BLOCK_CACHE_BYTES,
    writeBufferSize: WRITE_BUFFER_BYTES,
  });
  try {
    await level.open();
  } catch (cause) {
    throw new StoreError("open", `cannot open ${path}`, { cause });
  }
  try {
    const kv = levelKv(level);
    if (kv.get(HEAD_KEY) === undefined) await expectEmpty(level);
    return new Store(kv, options.spaces, { ...SIZES, ...options });
  } catch (error) {
    await level.close();
    throw error;
  }
}

async function expectEmpty(level: Level): Promise<void> {
  const first = await level.keys({ limit: 1 }).all();
  if (first.length > 0)
    throw new StoreError("corrupt", "there are entries but no version", placeOf(HEAD_KEY));
}

/** LevelDB as a flat map. Each value lies behind a check sum over key and value, which every read tests. */
function levelKv(level: Level): Kv {
  return {
    get(key) {
      const sealed = readLevel(level, key);
      if (sealed === undefined) return undefined;
      const value = sealed.subarray(CHECK_BYTES);
      if (sealed.length < CHECK_BYTES || checkSum(key, value) !== bigEndian(sealed))
        throw new StoreError("corrupt", "a value does not fit its check sum", placeOf(key));
      return value;
    },
    write: (batch) => level.batch(batch.map(sealWrite), { sync: true }),
    close: () => level.close(),
  };
}

function readLevel(level: Level, key: Uint8Array): Uint8Array | undefined {
  try {
    const found = level.getSync(key);
    // LevelDB gives Buffers, whose slice() shares memory: readers get plain arrays.
    return found && new Uint8Array(found.buffer, found.byteOffset, found.length);
  } catch (cause) {
    throw new StoreError("corrupt", "LevelDB cannot read", { ...placeOf(key), cause });
  }
}

/** CRC-32 over key and value: against accidents; tree nodes have their hashes against everything else. */
const checkSum = (key: Uint8Array, value: Uint8Array): number => crc32(value, crc32(key));

const bigEndian = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, CHECK_BYTES).getUint32(0);

function sealWrite({ key, value }: KvWrite) {
  if (value === undefined) return { type: "del", key } as const;
  const sealed = new Uint8Array(CHECK_BYTES + value.length);
  putU32(sealed, 0, checkSum(key, value));
  sealed.set(value, CHECK_BYTES);
  return { type: "put", key, value: sealed } as const;
}
