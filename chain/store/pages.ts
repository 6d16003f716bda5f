import { arena } from "./arena.ts";
import { Cache, type CacheUsage } from "./cache.ts";
import type { NodeHasher } from "./digest.ts";
import { pageId } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { Child, NodeRef, Packed, Place } from "./node.ts";
import { openPage } from "./open.ts";
import { packBytes, packedOpener, packPage } from "./packed.ts";

/** The pages of a store: on disk, and as many of them in memory as fit. */
export interface Pages {
  /** Gives the top of a page; StoreError `corrupt` where it is not the one that the reference speaks of. */
  open(space: string, ref: NodeRef): Packed;
  /** Keeps a page in memory that was written. */
  keep(space: string, place: Place, top: Child, stored: Uint8Array): void;
  /** Forgets a page that no newer version has. */
  drop(space: string, place: Place): void;
  clear(): void;
  /** How the pages in memory are used, the few that stay taken out apart. */
  usage(): CacheUsage;
}

/** Pages that stay taken out of the cache, so that a block which reads and then writes opens each once. */
const OPEN_MAX = 8_192;
/** Memory that may be cut for them: one that stays holds all of its slab, long after the others have gone. */
const OPEN_BYTES_MAX = 16 << 20;

/** Pages over a map, of which at most so many bytes are held in memory, and besides the last ones opened. */
export function pagesOf(kv: Kv, hasher: NodeHasher, bytesMax: number): Pages {
  const cache = new Cache(bytesMax);
  const memory = arena();
  const openPacked = packedOpener();
  const lately = new Map<string, Packed>();
  let cutBytes = 0;
  const cut = (bytes: number): Buffer => {
    cutBytes += bytes;
    return memory.take(bytes);
  };
  const keep: Pages["keep"] = (space, place, top, stored) =>
    cache.set(pageId(space, place), packBytes(top, stored), (out, at) => packPage(out, at, top, stored));
  const take = (space: string, ref: NodeRef, id: string): Packed => {
    const known = cache.get(id, cut);
    if (known !== undefined) return openPacked(known);
    const { top, stored } = openPage(kv, hasher, space, ref);
    keep(space, ref, top, stored);
    const packed = cut(packBytes(top, stored));
    packPage(packed, 0, top, stored);
    return openPacked(packed);
  };
  return {
    keep,
    open(space, ref) {
      const id = pageId(space, ref);
      const at = lately.get(id);
      if (at !== undefined) return at;
      if (lately.size >= OPEN_MAX || cutBytes >= OPEN_BYTES_MAX) {
        lately.clear();
        cutBytes = 0;
      }
      const top = take(space, ref, id);
      lately.set(id, top);
      return top;
    },
    drop(space, place) {
      const id = pageId(space, place);
      lately.delete(id);
      cache.delete(id);
    },
    clear() {
      lately.clear();
      cutBytes = 0;
      cache.clear();
    },
    usage: () => cache.usage,
  };
}
