import assert from "node:assert/strict";
import { test } from "node:test";
import { bech32, bech32m } from "@scure/base";
import fc from "fast-check";
import { ADDRESS_BYTES, ADDRESS_PREFIX, parseAddress, toAddress } from "#chain/protocol/address.ts";

const bytes20 = fc.uint8Array({ minLength: ADDRESS_BYTES, maxLength: ADDRESS_BYTES });
const CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l1ABCQPZ bio\u0130";

/** What a bech32 library reads as an address of ours; ours must be in lower case. */
function reference(text: string): Uint8Array | undefined {
  const decoded = bech32.decodeUnsafe(text);
  if (decoded?.prefix !== ADDRESS_PREFIX || !text.startsWith(ADDRESS_PREFIX)) return undefined;
  const bytes = bech32.fromWordsUnsafe(decoded.words);
  return bytes && bytes.length === ADDRESS_BYTES ? Uint8Array.from(bytes) : undefined;
}

test("addresses are written as a bech32 library writes them", () => {
  fc.assert(
    fc.property(bytes20, (bytes) => {
      assert.equal(toAddress(bytes), bech32.encode(ADDRESS_PREFIX, bech32.toWords(bytes)));
    }),
    { numRuns: 500 },
  );
});

test("an address gives back the bytes it was made of", () => {
  fc.assert(fc.property(bytes20, (bytes) => assert.deepEqual(parseAddress(toAddress(bytes)), bytes)));
});

test("whatever is read as an address is the one text of its bytes", () => {
  const words = fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 28, maxLength: 36 });
  const honest = bytes20.map(toAddress);
  const position = fc.nat({ max: 44 });
  const altered = fc
    .tuple(honest, fc.array(fc.tuple(position, fc.constantFrom(...CHARACTERS)), { maxLength: 3 }))
    .map(([text, edits]) => edits.reduce((now, [at, to]) => now.slice(0, at) + to + now.slice(at + 1), text));
  const texts = fc.oneof(
    altered,
    honest.map((text) => text.toUpperCase()),
    fc.tuple(words, fc.constantFrom(ADDRESS_PREFIX, "ITERUM", "cosmos")).map(([w, p]) => bech32.encode(p, w)),
    words.map((each) => bech32m.encode(ADDRESS_PREFIX, each)),
    fc
      .tuple(honest, position)
      .map(([text, at]) => text.slice(0, at) + (text[at] ?? "").toUpperCase() + text.slice(at + 1)),
  );
  let read = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseAddress(text);
      assert.deepEqual(parsed, reference(text));
      if (parsed === undefined) return;
      read++;
      assert.equal(parsed.length, ADDRESS_BYTES);
      assert.equal(toAddress(parsed), text);
    }),
    { numRuns: 3000 },
  );
  assert.ok(read > 100, "some texts are addresses");
});

test("an address of another prefix, in capitals, of another length or of bech32m is refused", () => {
  const bytes = new Uint8Array(ADDRESS_BYTES).fill(7);
  const address = toAddress(bytes);
  const refused = [
    "",
    ADDRESS_PREFIX,
    `${ADDRESS_PREFIX}1`,
    address.toUpperCase(),
    address.slice(0, -1),
    `${address}q`,
    ` ${address}`,
    bech32.encode("cosmos", bech32.toWords(bytes)),
    bech32.encode(ADDRESS_PREFIX, bech32.toWords(bytes.subarray(1))),
    bech32.encode(ADDRESS_PREFIX, [...bech32.toWords(bytes), 0]),
    bech32m.encode(ADDRESS_PREFIX, bech32m.toWords(bytes)),
  ];
  for (const text of refused) assert.equal(parseAddress(text), undefined, text);
});
