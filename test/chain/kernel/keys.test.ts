import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBigints, compareBytes } from "#chain/bytes/compare.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ChainBug, ChainError } from "#chain/kernel/error.ts";
import {
  beginsWith,
  bytesKey,
  errors as kernelErrors,
  pair,
  prefixEnd,
  textKey,
  triple,
  u32Key,
  u64Key,
} from "#chain/kernel/keys.ts";

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const text = fc.string({ maxLength: 12, unit: "grapheme" });

test("a key reads back as it was written", () => {
  const codec = triple(textKey, pair(u64Key, u32Key), bytesKey(3));
  const key = fc.tuple(text, fc.tuple(u64, fc.nat()), fc.uint8Array({ minLength: 3, maxLength: 3 }));
  fc.assert(
    fc.property(key, (written) => {
      const bytes = codec.write(written);
      assert.deepEqual(codec.read(bytes, 0), [written, bytes.length]);
    }),
  );
});

test("bytes of numbers sort as the numbers do", () => {
  fc.assert(
    fc.property(u64, u64, (a, b) => {
      const order = compareBytes(u64Key.write(a), u64Key.write(b));
      assert.equal(Math.sign(order), compareBigints(a, b));
    }),
  );
});

test("no text is a prefix of another: 42 does not match 421", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      if (a !== b) assert.ok(!beginsWith(textKey.write(b), textKey.write(a)));
    }),
  );
});

test("a text longer than 255 bytes is an error of its sender and no bug", () => {
  assert.equal(textKey.write("x".repeat(255)).length, 256);
  for (const long of ["x".repeat(256), "ü".repeat(128)])
    assert.throws(
      () => textKey.write(long),
      (error) => error instanceof ChainError && error.code === kernelErrors.KeyTooLong.code,
    );
  assert.throws(() => bytesKey(32).write(utf8("short")), ChainBug);
});

test("the end of a prefix is the first key after all that begin with it", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(bytes, fc.uint8Array({ maxLength: 4 }), (prefix, key) => {
      const end = prefixEnd(prefix);
      const within = compareBytes(key, prefix) >= 0 && (end === undefined || compareBytes(key, end) < 0);
      assert.equal(within, beginsWith(key, prefix));
    }),
  );
  assert.equal(prefixEnd(Uint8Array.of(0xff, 0xff)), undefined);
});
