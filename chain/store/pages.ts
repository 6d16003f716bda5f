import { arena } from "./arena.ts";
import { Cache } from "./cache.ts";
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
}

/** Pages over a map, of which at most so many bytes are held in memory. */
export function pagesOf(kv: Kv, hasher: NodeHasher, bytesMax: number): Pages {
  const cache = new Cache(bytesMax);
  const memory = arena();
  const openPacked = packedOpener();
  const keep: Pages["keep"] = (space, place, top, stored) =>
    cache.set(pageId(space, place), packBytes(top, stored), (out, at) => packPage(out, at, top, stored));
  return {
    keep,
    open(space, ref) {
      const known = cache.get(pageId(space, ref), memory.take);
      if (known !== undefined) return openPacked(known);
      const { top, stored } = openPage(kv, hasher, space, ref);
      keep(space, ref, top, stored);
      const packed = memory.take(packBytes(top, stored));
      packPage(packed, 0, top, stored);
      return openPacked(packed);
    },
    drop: (space, place) => cache.delete(pageId(space, place)),
    clear: () => cache.clear(),
  };
}
