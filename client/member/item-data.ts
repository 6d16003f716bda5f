import { u32be } from "#chain/bytes/int.ts";
import { SEAL_OVERHEAD_BYTES } from "#chain/protocol/seal.ts";
import { CeramicError, ensure } from "#client/ceramic/error.ts";
import { asBytes, asRecord } from "#client/ceramic/shape.ts";

/** Contents are filled up to a multiple of this, so that a ciphertext does not tell their lengths apart. */
export const CONTENTS_BLOCK_BYTES = 256;
const LABEL_BYTES = 4;

/** The data of one event: an item whose contents and label are sealed under different keys. */
export interface SealedItem {
  /** Sealed `encodeContents`. */
  readonly contents: Uint8Array;
  /** Position of the item in its stream, from 0. */
  readonly index: number;
  /** Sealed `encodeLabel`. */
  readonly label: Uint8Array;
}

/** An item as its author and, once opened, its readers see it. */
export interface Contents {
  readonly content: Uint8Array;
  /** The integer tensor that the game's featurizer made of the content. */
  readonly input: Int32Array;
}

/** The sealed item that an event's data must be; throws CeramicError on any other shape. */
export function asSealedItem(data: unknown): SealedItem {
  const fields = asRecord("data", data, ["contents", "index", "label"]);
  const { index } = fields;
  const [contents, label] = [asBytes("contents", fields.contents), asBytes("label", fields.label)];
  const isIndex = typeof index === "number" && Number.isInteger(index) && index >= 0 && index < 2 ** 32;
  ensure(isIndex, "malformed", "data.index is not a position");
  const padded = contents.length - SEAL_OVERHEAD_BYTES;
  const isSealed = padded > 0 && padded % CONTENTS_BLOCK_BYTES === 0;
  ensure(isSealed, "malformed", "data.contents is not a sealed blob of contents");
  const isLabel = label.length === SEAL_OVERHEAD_BYTES + LABEL_BYTES;
  ensure(isLabel, "malformed", "data.label is not a sealed blob of a label");
  return { contents, index, label };
}

/** u32 count ‖ int32 values ‖ u32 length ‖ content ‖ zeros up to a multiple of CONTENTS_BLOCK_BYTES. */
export function encodeContents(item: Contents): Uint8Array {
  const length = 8 + 4 * item.input.length + item.content.length;
  const out = new Uint8Array(Math.ceil(length / CONTENTS_BLOCK_BYTES) * CONTENTS_BLOCK_BYTES);
  const view = new DataView(out.buffer);
  view.setUint32(0, item.input.length);
  for (const [i, value] of item.input.entries()) view.setInt32(4 + 4 * i, value);
  const at = 4 + 4 * item.input.length;
  view.setUint32(at, item.content.length);
  out.set(item.content, at + 4);
  return out;
}

/** The contents of their plaintext; throws CeramicError unless it is what `encodeContents` makes. */
export function decodeContents(plaintext: Uint8Array): Contents {
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
  try {
    const count = view.getUint32(0);
    ensure(4 * count <= plaintext.length, "malformed", "contents name more values than they hold");
    const input = Int32Array.from({ length: count }, (_, i) => view.getInt32(4 + 4 * i));
    const at = 8 + 4 * count;
    const end = at + view.getUint32(at - 4);
    const padding = plaintext.subarray(end);
    const isFilled = end <= plaintext.length && padding.length < CONTENTS_BLOCK_BYTES;
    ensure(
      isFilled && padding.every((byte) => byte === 0),
      "malformed",
      "contents are not filled with zeros",
    );
    return { content: plaintext.slice(at, end), input };
  } catch (error) {
    if (error instanceof RangeError) throw new CeramicError("malformed", "contents end too early");
    throw error;
  }
}

/** The label as four bytes, whatever it is, so that the length of its seal says nothing of it. */
export const encodeLabel = (label: number): Uint8Array => u32be(label);

/** The label of its four bytes. */
export function decodeLabel(plaintext: Uint8Array): number {
  ensure(plaintext.length === LABEL_BYTES, "malformed", "a label has four bytes");
  return new DataView(plaintext.buffer, plaintext.byteOffset, LABEL_BYTES).getUint32(0);
}
