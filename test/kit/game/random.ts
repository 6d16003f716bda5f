import { bigFromBytes } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** Choices that follow from a seed alone. */
export interface Random {
  /** 0…bound−1. */
  int(bound: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Uint8Array;
}

const SPAN = 2 ** 32;

/** Choices from a stream of 32-bit numbers and one of bytes. */
export function choicesFrom(next: () => number, bytes: Random["bytes"]): Random {
  const int = (bound: number): number => Math.floor((next() / SPAN) * bound);
  return {
    int,
    chance: (probability) => next() < probability * SPAN,
    pick: (list) => {
      if (list.length === 0) throw new Error("nothing to pick from");
      return list[int(list.length)] as (typeof list)[number];
    },
    bytes,
  };
}

/** The stream of a seed; streams of two seeds have nothing in common. */
export function seeded(seed: string): Random {
  let counter = 0;
  const block = (): Uint8Array => taggedHash("test/random", utf8(seed), utf8(String(counter++)));
  const next = (): number => Number(bigFromBytes(block().subarray(0, 4)));
  return choicesFrom(next, (length) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) out.set(block().subarray(0, Math.min(32, length - at)), at);
    return out;
  });
}
