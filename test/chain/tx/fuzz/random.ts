import { sha256 } from "#chain/bytes/hash.ts";
import { bigFromBytes } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Random } from "#test/kit/game/random.ts";

const SPAN = 2 ** 32;

/** A stream of choices from a seed, by sfc32 (C. Doty-Humphrey, PractRand): millions of them a second. */
export function fastRandom(seed: string): Random {
  const hash = sha256(utf8(seed));
  const word = (i: number): number => Number(bigFromBytes(hash.subarray(4 * i, 4 * i + 4))) | 0;
  let [a, b, c, counter] = [word(0), word(1), word(2), 1];
  const next = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  const int = (bound: number): number => Math.floor((next() / SPAN) * bound);
  return {
    int,
    chance: (probability) => next() < probability * SPAN,
    pick: (list) => list[int(list.length)] as (typeof list)[number],
    bytes(length) {
      const out = new Uint8Array(length);
      for (let i = 0; i < length; i++) out[i] = next();
      return out;
    },
  };
}
