import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Random } from "#test/kit/game/random.ts";

const SPAN = 2 ** 32;

/** Choices that follow from a seed alone, as those of `seeded` do, at a twentieth of the cost (sfc32). */
export function swift(seed: string): Random {
  const hash = taggedHash("test/swift", utf8(seed));
  const view = new DataView(hash.buffer, hash.byteOffset);
  let [a, b, c, counter] = [view.getUint32(0), view.getUint32(4), view.getUint32(8), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const int = (bound: number): number => Math.floor((next() / SPAN) * bound);
  return {
    int,
    chance: (probability) => next() < probability * SPAN,
    pick: (list) => {
      if (list.length === 0) throw new Error("nothing to pick from");
      return list[int(list.length)] as (typeof list)[number];
    },
    bytes: (length) => {
      const out = new Uint8Array(length);
      for (let i = 0; i < length; i++) out[i] = next();
      return out;
    },
  };
}
