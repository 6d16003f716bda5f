import assert from "node:assert/strict";
import test from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { uvarint, zigzags } from "#chain/merkle/varint.ts";

test("varints are minimal and have Go's bytes", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "00"],
    [127, "7f"],
    [128, "8001"],
    [16_383, "ff7f"],
    [16_384, "808001"],
    [0xffffffff, "ffffffff0f"],
  ];
  for (const [value, hex] of cases) assert.equal(toHex(uvarint(value)), hex);
  assert.equal(toHex(zigzags(1)), "02");
  assert.equal(toHex(zigzags(64)), "8001");
  assert.equal(toHex(zigzags(0x7fffffff)), "feffffff0f");
});

test("numbers that do not fit are refused", () => {
  for (const value of [-1, 0.5, 2 ** 32, Number.NaN]) assert.throws(() => uvarint(value), RangeError);
  for (const value of [-1, 0.5, 2 ** 31, Number.NaN]) assert.throws(() => zigzags(value), RangeError);
});
