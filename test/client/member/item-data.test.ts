import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CeramicError } from "#client/ceramic/error.ts";
import {
  CONTENTS_BLOCK_BYTES,
  decodeContents,
  decodeLabel,
  encodeContents,
  encodeLabel,
} from "#client/member/item-data.ts";

test("contents come back as they were, from a multiple of the block", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.int32Array({ maxLength: 80 }), (content, input) => {
      const plaintext = encodeContents({ content, input });
      assert.equal(plaintext.length % CONTENTS_BLOCK_BYTES, 0);
      assert.deepEqual(decodeContents(plaintext), { content, input });
    }),
  );
});

test("only the one encoding of contents is read", () => {
  const good = encodeContents({ content: Uint8Array.of(7), input: Int32Array.of(-1) });
  assert.equal(good.length, 256);
  const changed = (at: number, value: number): Uint8Array => {
    const copy = Uint8Array.from(good);
    copy[at] = value;
    return copy;
  };
  const bad = [changed(255, 1), changed(3, 200), changed(0, 255), changed(8, 255), good.subarray(0, 3)];
  const long = new Uint8Array(512);
  long.set(good);
  for (const plaintext of [...bad, long]) assert.throws(() => decodeContents(plaintext), CeramicError);
});

test("a label is four bytes", () => {
  for (const label of [0, 1, 258, 65_535, 65_536, 1_000_000])
    assert.equal(decodeLabel(encodeLabel(label)), label);
  assert.throws(() => decodeLabel(Uint8Array.of(1)), CeramicError);
});
