import { concat } from "#chain/bytes/concat.ts";
import { u16be, u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { type RoundRef, roundHash } from "./round-key.ts";

const U16_MAX = 0xffff;

/** Bytes of every salt. */
export const SALT_BYTES = 32;

function int32be(values: Int32Array): Uint8Array {
  const out = new Uint8Array(values.length * 4);
  const view = new DataView(out.buffer);
  for (let i = 0; i < values.length; i++) view.setInt32(i * 4, values[i] as number);
  return out;
}

/**
 * Hash of the integer tensor that a featurizer made of an item: the same in every round, unscaled.
 * Over the featurizer's id, then u32 length ‖ int32 big-endian values (design: game.md §4, Bytes).
 */
export const inputHash = (featurizerId: string, values: Int32Array): Uint8Array =>
  taggedHash("iterum/input/v1", utf8(featurizerId), concat(u32be(values.length), int32be(values)));

/** Hash of an item's content: what tells a copy from another item, in whatever round. */
export const contentHash = (content: Uint8Array): Uint8Array => taggedHash("iterum/content/v1", content);

/** A label as bytes: u16, or u32 where it is larger, as scalars in millionths are. */
const labelBytes = (label: number): Uint8Array => (label > U16_MAX ? u32be(label) : u16be(label));

/** What a member commits to for a label: hidden by its 32 random bytes of salt. */
export function labelHash(ref: RoundRef, salt: Uint8Array, label: number): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes, not ${salt.length}`);
  return roundHash("iterum/label/v1", ref, salt, labelBytes(label));
}
