import { bigFromBytes, u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";

/** Integers without bias from a seed; the n-th call gives the same on every machine. */
export interface Draws {
  /** Uniform in 0…bound−1. */
  below(bound: bigint): bigint;
}

const SPAN = 1n << 256n;

/** Rejection sampling from SHA-256(tag ‖ seed ‖ counter); a draw is refused with probability < 2⁻¹²⁸. */
export function drawsFrom(tag: string, seed: Uint8Array): Draws {
  let counter = 0n;
  return {
    below: (bound) => {
      if (bound <= 0n || bound >= 1n << 128n) throw new RangeError(`nothing to draw below ${bound}`);
      const limit = SPAN - (SPAN % bound);
      for (;;) {
        const value = bigFromBytes(taggedHash(tag, seed, u64be(counter++)));
        if (value < limit) return value % bound;
      }
    },
  };
}

/** `count` different numbers of 0…total−1 in drawn order; all of them when there are fewer. */
export function drawDistinct(draws: Draws, total: number, count: number): number[] {
  const deck = Array.from({ length: total }, (_, i) => i);
  const taken = Math.min(total, count);
  for (let i = 0; i < taken; i++) {
    const j = i + Number(draws.below(BigInt(total - i)));
    const drawn = deck[j] as number;
    deck[j] = deck[i] as number;
    deck[i] = drawn;
  }
  return deck.slice(0, taken);
}
