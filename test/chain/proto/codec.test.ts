import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Codec } from "#chain/proto/codec.ts";
import { EncodeError } from "#chain/proto/error.ts";
import { featureCodecs, forOracle, generatedCodecs, type Message, messages, oracle } from "./kit.ts";

/** Own bytes are those of protobufjs, and both decode to the same message. */
function agrees(codec: Codec<unknown>, root: ReturnType<typeof oracle>, runs: number): void {
  const type = root.lookupType(codec.name);
  fc.assert(
    fc.property(messages(codec), (message) => {
      const expected = new Uint8Array(type.encode(forOracle(codec, message)).finish());
      assert.deepEqual(codec.encode(message), expected);
      assert.deepEqual(codec.decode(expected), message);
    }),
    { numRuns: runs },
  );
}

const root = oracle();
const features = await featureCodecs();
const everything = features.get("iterum.features.v1.Everything") as Codec<Message>;

test("the generated codecs write what protobufjs writes and read it back, for every kind of field", () => {
  assert.equal(features.size, 6);
  for (const codec of features.values()) agrees(codec, root, 300);
});

test("the generated codecs do so for every message of Iterum, Cosmos SDK and CometBFT", async () => {
  for (const under of ["iterum", "cosmos", "tendermint", "google"]) {
    const codecs = await generatedCodecs(under);
    assert.ok(codecs.size > 2);
    for (const codec of codecs.values()) agrees(codec, root, 10);
  }
});

test("the generated codecs read and write integers at the ends of their ranges", () => {
  const ends = {
    big: 2n ** 64n - 1n,
    bigSigned: -(2n ** 63n),
    small: 2 ** 32 - 1,
    smallSigned: -(2 ** 31),
    zigzag: -(2 ** 31),
    bigZigzag: -(2n ** 63n),
    fixedBig: 2n ** 64n - 1n,
    fixedBigSigned: -(2n ** 63n),
    fixedSmall: 2 ** 32 - 1,
    fixedSmallSigned: -(2 ** 31),
    amount: 2n ** 128n - 1n,
  };
  const decoded = everything.decode(everything.encode({ ...everything.zero(), ...ends }));
  for (const [name, value] of Object.entries(ends)) assert.equal(decoded[name], value);
});

test("the generated codecs refuse to write what a field cannot carry", () => {
  const wrong: Message[] = [
    { big: 2n ** 64n },
    { big: -1n },
    { bigSigned: 2n ** 63n },
    { bigZigzag: -(2n ** 63n) - 1n },
    { fixedBig: -1n },
    { fixedBigSigned: 2n ** 63n },
    { small: 2 ** 32 },
    { small: 1.5 },
    { small: Number.NaN },
    { smallSigned: 2 ** 31 },
    { zigzag: -(2 ** 31) - 1 },
    { fixedSmall: -1 },
    { colour: 7 },
    { text: "\ud800" },
    { amount: -1n },
    { amount: 2n ** 128n },
    { maybeAmount: -1n },
    { chosenText: "", chosenNumber: 0n },
    { flag: undefined },
  ];
  for (const part of wrong)
    assert.throws(() => everything.encode({ ...everything.zero(), ...part }), EncodeError);
});

test("the generated codecs carry texts and bytes of all lengths around those of their prefixes", () => {
  for (const length of [0, 1, 63, 64, 65, 126, 127, 128, 16_382, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const inner = { ...everything.zero(), text: "x".repeat(length) };
    const message = { ...everything.zero(), inner, raw: new Uint8Array(length).fill(7) };
    assert.deepEqual(everything.decode(everything.encode(message)), message);
  }
});

test("the generated codecs keep decoded bytes apart from the buffer they came in", () => {
  const bytes = Buffer.from(everything.encode({ ...everything.zero(), raw: Uint8Array.of(1, 2, 3) }));
  const decoded = everything.decode(bytes);
  bytes.fill(0);
  const { raw } = decoded;
  assert.deepEqual(raw, Uint8Array.of(1, 2, 3));
});

test("the generated codecs name their type by its URL and their methods by their gRPC path", async () => {
  assert.equal(everything.typeUrl, "/iterum.features.v1.Everything");
  const { Query } = await import("#proto/gen/cosmos/bank.ts");
  assert.equal(Query.balance.path, "/cosmos.bank.v1beta1.Query/Balance");
  assert.equal(Query.balance.response.name, "cosmos.bank.v1beta1.QueryBalanceResponse");
});

test("the codecs of numbers with 18 decimals carry 0 to below 2^128 and nothing else", () => {
  const ratios = features.get("iterum.features.v1.Ratios") as Codec<Message>;
  const end = (10n ** 18n) << 128n;
  const of = (one: bigint): Message => ({ ...ratios.zero(), one, maybe: one, several: [one, 0n] });
  for (const one of [0n, 1n, end - 1n]) assert.deepEqual(ratios.decode(ratios.encode(of(one))), of(one));
  for (const one of [-1n, end]) assert.throws(() => ratios.encode(of(one)), EncodeError);
});
