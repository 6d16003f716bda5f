import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { DEPTH_MAX } from "#chain/proto/decode.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { RequestFinalizeBlock, ResponseApplySnapshotChunk } from "#proto/gen/tendermint/abci.ts";
import { featureCodecs, generatedCodecs, type Message, messages } from "./kit.ts";
import { malleations, nested } from "./malleations.ts";

const RULES = [
  "33 bits",
  "UTF-8",
  "boolean 2",
  "decimal",
  "decimal missing",
  "duplicate",
  "empty list",
  "enum",
  "field number 0",
  "group",
  "length of 64 bits",
  "length too large",
  "long length",
  "long tag",
  "long value",
  "order",
  "packed twice",
  "second of a oneof",
  "tag of ten bytes",
  "trailing byte",
  "truncated",
  "unknown field",
  "unpacked",
  "wire type",
  "zero value",
];

/** Fails unless the bytes are refused, or are the one encoding of what they decode to. */
function decodesOneWay(codec: Codec<unknown>, bytes: Uint8Array): boolean {
  try {
    const decoded = codec.decode(bytes);
    assert.deepEqual(codec.encode(decoded), bytes);
    return true;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return false;
  }
}

function refuses(codec: Codec<unknown>, bytes: Uint8Array): boolean {
  try {
    codec.decode(bytes);
    return false;
  } catch (error) {
    if (error instanceof DecodeError) return true;
    throw error;
  }
}

const everything = (await featureCodecs()).get("iterum.features.v1.Everything") as Codec<unknown>;

test("the strict decoder refuses re-encodings of a thousand messages, whichever rule they break", () => {
  let count = 0;
  const tried = new Map<string, number>();
  const sample = [...fc.sample(messages(everything, 0), 980), ...fc.sample(messages(everything, 1), 20)];
  for (const message of sample) {
    const bytes = everything.encode(message);
    for (const { what, bytes: other } of malleations(everything, bytes)) {
      // A rule may not apply to a value: a longer decimal of nothing is that decimal.
      // One in three keeps the test short; which ones changes from message to message.
      if (equalBytes(other, bytes) || count++ % 3 !== 0) continue;
      tried.set(what, (tried.get(what) ?? 0) + 1);
      assert.ok(refuses(everything, other), `${what}: ${toHex(other)}`);
    }
  }
  assert.deepEqual([...tried.keys()].sort(), RULES);
});

test("the strict decoder accepts nothing that it would not write and throws only DecodeError", async () => {
  const codecs = [everything, TxRaw, TxBody, ...(await generatedCodecs("iterum")).values()];
  let accepted = 0;
  for (const codec of codecs as Codec<unknown>[]) {
    const strange = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ max: 50, maxLength: 12 }));
    fc.assert(
      fc.property(strange, (bytes) => {
        if (decodesOneWay(codec, bytes)) accepted++;
      }),
      { numRuns: codec === everything ? 20_000 : 200 },
    );
  }
  assert.ok(accepted > 0);
});

test("the strict decoder accepts a mutated message only if it is the one encoding of another", () => {
  const change = fc.record({
    at: fc.nat(),
    byte: fc.nat(255),
    kind: fc.constantFrom("set", "insert", "remove"),
  });
  fc.assert(
    fc.property(
      messages(everything, 0),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (message, changes) => {
        let bytes = everything.encode(message);
        for (const { at, byte, kind } of changes) {
          const place = at % (bytes.length + 1);
          const rest = bytes.slice(kind === "insert" ? place : place + 1);
          const middle = kind === "remove" ? new Uint8Array(0) : Uint8Array.of(byte);
          bytes = concat(bytes.slice(0, place), middle, rest);
        }
        decodesOneWay(everything, bytes);
      },
    ),
    { numRuns: 5_000 },
  );
});

test(`the strict decoder reads messages nested ${DEPTH_MAX} deep and no deeper`, () => {
  const tag = 37 * 8 + 2;
  const deep = (depth: number): Uint8Array => nested(tag, depth, Uint8Array.of(15 * 8 + 2, 1, 48));
  assert.deepEqual(everything.encode(everything.decode(deep(DEPTH_MAX))), deep(DEPTH_MAX));
  assert.throws(() => everything.decode(deep(DEPTH_MAX + 1)), /nested too deep/);
  assert.throws(() => everything.decode(deep(2000)), /nested too deep/);
});

test("the strict decoder names the message and the field that are wrong", () => {
  assert.throws(
    () => TxBody.decode(Uint8Array.of(18, 1, 255)),
    /cosmos\.tx\.v1beta1\.TxBody\.memo: malformed UTF-8/,
  );
  const any = Uint8Array.of(10, 2, 10, 0);
  assert.throws(() => TxBody.decode(any), /google\.protobuf\.Any\.typeUrl: zero value/);
});

test("the lenient decoder skips unknown fields of every wire type", () => {
  const known = RequestFinalizeBlock.encode({ ...RequestFinalizeBlock.zero(), height: 5n });
  const unknown = Uint8Array.of(
    248,
    1,
    7,
    249,
    1,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    250,
    1,
    2,
    0,
    0,
    253,
    1,
    1,
    2,
    3,
    4,
  );
  assert.equal(RequestFinalizeBlock.decode(concat(unknown, known, unknown)).height, 5n);
  assert.throws(() => RequestFinalizeBlock.decode(Uint8Array.of(251, 1, 252, 1)), DecodeError);
});

test("the lenient decoder takes fields in any order, zero values and the last of several", () => {
  const decoded = RequestFinalizeBlock.decode(Uint8Array.of(40, 9, 34, 1, 7, 40, 0, 10, 1, 1, 40, 3, 10, 0));
  assert.equal(decoded.height, 3n);
  assert.deepEqual(decoded.txs, [Uint8Array.of(1), new Uint8Array(0)]);
  assert.deepEqual(decoded.hash, Uint8Array.of(7));
});

test("the lenient decoder takes lists of numbers packed or not", () => {
  const both = Uint8Array.of(16, 1, 18, 2, 2, 3, 16, 4, 18, 0);
  assert.deepEqual(ResponseApplySnapshotChunk.decode(both).refetchChunks, [1, 2, 3, 4]);
});

test("the lenient decoder throws nothing but DecodeError", async () => {
  const codecs = [...(await generatedCodecs("tendermint")).values()];
  assert.ok(codecs.length > 60);
  for (const codec of codecs)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        let decoded: Message;
        try {
          decoded = codec.decode(bytes) as Message;
        } catch (error) {
          assert.ok(error instanceof DecodeError);
          return;
        }
        assert.deepEqual(Object.keys(decoded), Object.keys(codec.zero() as Message));
      }),
      { numRuns: 300 },
    );
});
