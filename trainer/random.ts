import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** A reproducible stream of numbers; not for keys or salts. */
export interface Random {
  /** The next 32 bits as an integer 0…2³²−1. */
  bits(): number;
  /** An integer 0…n−1, each equally likely; n is 1…2³². */
  below(n: number): number;
  /** A multiple of 2⁻³² in [0, 1). */
  unit(): number;
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/**
 * The stream of a seed: xoshiro128** started at the first 16 bytes of SHA-256(seed).
 * Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021.
 */
export function randomOf(seed: string): Random {
  const digest = sha256(utf8(seed));
  const state = new Uint32Array(4);
  for (let i = 0; i < 16; i++) state[i >> 2] = ((state[i >> 2] as number) << 8) | (digest[i] as number);
  return streamFrom(state);
}

/** The stream of xoshiro128** from a state of four words, not all zero; advances the array itself. */
export function streamFrom(state: Uint32Array): Random {
  const bits = (): number => {
    const [a, b, c, d] = state as unknown as readonly [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ (c ^ a);
    state[0] = a ^ (d ^ b);
    state[2] = c ^ a ^ (b << 9);
    state[3] = rotateLeft(d ^ b, 11);
    return result;
  };
  const below = (n: number): number => {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const value = bits();
      if (value < limit) return value % n;
    }
  };
  return { bits, below, unit: () => bits() / 2 ** 32 };
}

/** A copy of the list in an order drawn from the stream (Fisher–Yates, from the end). */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const copy = [...list];
  shuffle(copy, random);
  return copy;
}

/** Puts the list in an order drawn from the stream, in place. */
export function shuffle(list: { length: number; [index: number]: unknown }, random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const held = list[i];
    list[i] = list[j];
    list[j] = held;
  }
}
