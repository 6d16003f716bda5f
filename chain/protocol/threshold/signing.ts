import { compareBigints } from "#chain/bytes/compare.ts";
import type { Bls } from "../bls.ts";
import { type GroupKey, isIndex, publicKey, verificationKey } from "./ceremony.ts";
import { scalarBytes, weightsAtZero } from "./scalar.ts";

/** What is signed: bytes, and the domain of hash-to-curve that keeps signatures of one use out of another. */
export interface Signable {
  readonly message: Uint8Array;
  readonly tag: string;
}

/** One party's part of a group signature: the plain BLS signature (48 bytes) under its share. */
export const signPartial = (bls: Bls, { message, tag }: Signable, share: bigint): Uint8Array =>
  bls.sign(message, scalarBytes(share), tag);

/** Whether a part is the one of the party with that index; hostile bytes give false. */
export const partialHolds = (
  bls: Bls,
  group: GroupKey,
  index: number,
  { message, tag }: Signable,
  partial: Uint8Array,
): boolean =>
  isIndex(index, group.parties) && bls.verify(partial, message, verificationKey(group, index), tag);

/** What became of parts: the group's one signature of the message, or none while too few are right. */
export interface Combined {
  readonly signature: Uint8Array | undefined;
  /** Parties whose parts are wrong, in order. Parts that were not needed are not looked at. */
  readonly wrong: readonly number[];
}

function interpolate(bls: Bls, parts: readonly (readonly [number, Uint8Array])[]): Uint8Array | undefined {
  const weights = weightsAtZero(parts.map(([index]) => index));
  return bls.combine(
    parts.map(([, partial]) => partial),
    weights,
  );
}

/**
 * The group's signature from parts by index: the same whichever parts it is made of (Boldyreva, 2003). Parts
 * are verified one by one only where their combination does not hold.
 */
export function combine(
  bls: Bls,
  group: GroupKey,
  signable: Signable,
  partials: ReadonlyMap<number, Uint8Array>,
): Combined {
  const needed = group.commitments.length;
  const parts = [...partials]
    .filter(([index]) => isIndex(index, group.parties))
    .sort(([a], [b]) => compareBigints(BigInt(a), BigInt(b)));
  if (parts.length >= needed) {
    const signature = interpolate(bls, parts.slice(0, needed));
    const { message, tag } = signable;
    if (signature && bls.verify(signature, message, publicKey(group), tag)) return { signature, wrong: [] };
  }
  const wrong: number[] = [];
  const right = parts.filter(([index, partial]) => {
    const holds = partialHolds(bls, group, index, signable, partial);
    if (!holds) wrong.push(index);
    return holds;
  });
  const signature = right.length >= needed ? interpolate(bls, right.slice(0, needed)) : undefined;
  return { signature, wrong };
}
