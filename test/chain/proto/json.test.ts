import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Codec } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { fromJson, type Json, toJson } from "#chain/proto/json.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { Coin } from "#proto/gen/cosmos/base.ts";
import { TxBody } from "#proto/gen/cosmos/tx.ts";
import { Duration, Timestamp } from "#proto/gen/google/protobuf.ts";
import { featureCodecs, generatedCodecs, type Message, messages } from "./kit.ts";

const SEND = {
  fromAddress: "iter1from",
  toAddress: "iter1to",
  amount: [{ denom: "uiter", amount: 2n ** 100n }],
};

const features = await featureCodecs();
const everything = features.get("iterum.features.v1.Everything") as Codec<Message>;
const ratios = features.get("iterum.features.v1.Ratios") as Codec<Message>;

test("messages as JSON have camelCase keys, big integers as texts, bytes in base64, enums by name", () => {
  const message = {
    ...everything.zero(),
    big: 2n ** 60n,
    raw: Uint8Array.of(255, 254),
    colour: 1,
    small: 7,
  };
  const json = toJson(everything, message) as Record<string, Json>;
  const part = { big: json["big"], raw: json["raw"], colour: json["colour"], small: json["small"] };
  assert.deepEqual(part, { big: "1152921504606846976", raw: "//4=", colour: "COLOUR_RED", small: 7 });
  assert.equal(json["bigSigned"], "0");
  assert.ok(!("leaf" in json));
  assert.deepEqual(toJson(MsgSend, SEND), {
    fromAddress: "iter1from",
    toAddress: "iter1to",
    amount: [{ denom: "uiter", amount: "1267650600228229401496703205376" }],
  });
});

test("messages as JSON have the names of the .proto file where a REST route asks for them", () => {
  const json = toJson(MsgSend, SEND, { protoNames: true }) as Record<string, Json>;
  assert.deepEqual(Object.keys(json), ["from_address", "to_address", "amount"]);
  assert.deepEqual(fromJson(MsgSend, json), SEND);
});

test("what is not set is null in JSON where a REST route asks for that, but for members of a oneof", () => {
  const json = toJson(everything, everything.zero(), { nulls: true }) as Record<string, Json>;
  const plain = toJson(everything, everything.zero()) as Record<string, Json>;
  const nulls = Object.keys(json).filter((key) => json[key] === null);
  const expected = everything.fields.filter(
    ({ name, kind, label }) =>
      (plain[name] === undefined && !label.startsWith("oneof")) || (kind === "bytes" && plain[name] === ""),
  );
  assert.deepEqual(new Set(nulls), new Set(expected.map(({ name }) => name)));
  assert.ok(nulls.includes("leaf") && nulls.includes("raw"));
});

test("numbers with 18 decimals have all of them in JSON, as Cosmos SDK writes them", () => {
  const text = (units: bigint): Json => {
    const json = toJson(ratios, { ...ratios.zero(), one: units, raw: units });
    const { one, raw } = json as Record<string, Json>;
    assert.equal(one, raw);
    return one as Json;
  };
  assert.equal(text(0n), "0.000000000000000000");
  assert.equal(text(1n), "0.000000000000000001");
  assert.equal(text(50_000_000_000_000_000n), "0.050000000000000000");
  fc.assert(
    fc.property(
      fc.bigInt(0n, 2n ** 128n - 1n),
      fc.integer({ min: 0, max: 999_999_999 }),
      (whole, billionths) => {
        const nine = billionths.toString().padStart(9, "0");
        const units = whole * 10n ** 18n + BigInt(billionths) * 10n ** 9n;
        assert.equal(text(units), `${whole}.${nine}000000000`);
        // What a person would write is read too.
        assert.equal(fromJson(ratios, { one: `${whole}.${nine}` })["one"], units);
      },
    ),
  );
});

test("messages as JSON become the same message again after a way through text, for every type", async () => {
  const time = { seconds: 1_790_000_000n, nanos: 5 };
  for (const codec of [everything, ...(await generatedCodecs("iterum")).values()] as Codec<unknown>[])
    fc.assert(
      fc.property(messages(codec, 2), (generated) => {
        const message = withTimes(codec, generated, time);
        const text = JSON.stringify(toJson(codec, message));
        assert.deepEqual(fromJson(codec, JSON.parse(text) as Json), message);
      }),
      { numRuns: codec === everything ? 200 : 5 },
    );
});

test("messages as JSON are refused with other keys, or values not as toJson writes them", () => {
  const wrong = [
    '{"unknown":1}',
    '{"__proto__":{"big":"1"}}',
    '{"constructor":1}',
    '{"bigSigned":"1","big_signed":"1"}',
    '{"big":1}',
    '{"big":"01"}',
    '{"big":"-1"}',
    '{"big":"18446744073709551616"}',
    '{"big":" 1"}',
    '{"big":"0x10"}',
    '{"big":""}',
    '{"bigSigned":"-0"}',
    '{"small":"1"}',
    '{"small":1.5}',
    '{"small":4294967296}',
    '{"flag":"true"}',
    '{"text":null}',
    '{"text":"\\ud800"}',
    '{"raw":"/"}',
    '{"raw":"//5="}',
    '{"amount":"00"}',
    '{"amount":1}',
    '{"amount":"340282366920938463463374607431768211456"}',
    '{"ratios":{"one":1}}',
    '{"ratios":{"one":""}}',
    '{"ratios":{"one":"-0.5"}}',
    '{"ratios":{"one":"+1"}}',
    '{"ratios":{"one":".5"}}',
    '{"ratios":{"one":"1."}}',
    '{"ratios":{"one":"01.5"}}',
    '{"ratios":{"one":"1e3"}}',
    '{"ratios":{"one":"0.0000000000000000001"}}',
    '{"ratios":{"one":"340282366920938463463374607431768211456"}}',
    '{"colour":"toString"}',
    '{"colour":9}',
    '{"texts":"a"}',
    '{"texts":{"0":"a"}}',
    '{"leaf":[]}',
    '{"chosenText":"a","chosenNumber":"1"}',
    '{"time":"2026-02-30T00:00:00Z"}',
    "[]",
    "null",
    '"text"',
  ];
  for (const text of wrong)
    assert.throws(() => fromJson(everything, JSON.parse(text) as Json), DecodeError, text);
  assert.equal(Object.hasOwn(Object.prototype, "big"), false);
});

test("messages as JSON are refused when nested too deep", () => {
  let json: Json = {};
  for (let i = 0; i < 20; i++) json = { inner: json };
  assert.throws(() => fromJson(everything, json), /nested too deep/);
});

/** Times outside the years 1 to 9999 have no JSON: replaces every time by one that has. */
function withTimes(codec: Codec<unknown>, message: Message, time: object): Message {
  if (codec.name === Timestamp.name || codec.name === Duration.name) return time as Message;
  const out: Record<string, unknown> = { ...message };
  for (const field of codec.fields) {
    const value = message[field.name];
    if (field.kind !== "message" || value === undefined) continue;
    const inner = (field.ref as () => Codec<unknown>)();
    const one = (element: unknown): Message => withTimes(inner, element as Message, time);
    out[field.name] = Array.isArray(value) ? value.map(one) : one(value);
  }
  return out;
}

test("a time is written in RFC 3339 as Date writes it, for all years", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      const json = toJson(Timestamp, { seconds: BigInt(seconds), nanos: 0 });
      assert.equal(json, new Date(seconds * 1000).toISOString().replace(".000Z", "Z"));
      assert.deepEqual(fromJson(Timestamp, json), { seconds: BigInt(seconds), nanos: 0 });
    }),
  );
  for (const [nanos, digits] of [
    [500_000_000, ".500"],
    [1000, ".000001"],
    [123_456_789, ".123456789"],
  ] as const)
    assert.equal(toJson(Timestamp, { seconds: 0n, nanos }), `1970-01-01T00:00:00${digits}Z`);
});

test("a time that does not exist is refused", () => {
  for (const text of ["2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01"])
    assert.throws(() => fromJson(Timestamp, text), DecodeError);
  assert.throws(() => fromJson(Timestamp, "0000-01-01T00:00:00Z"), DecodeError);
  assert.throws(() => toJson(Timestamp, { seconds: 253_402_300_800n, nanos: 0 }), RangeError);
});

test("a duration is seconds with a fraction", () => {
  assert.equal(toJson(Duration, { seconds: -1n, nanos: -500_000_000 }), "-1.500s");
  assert.deepEqual(fromJson(Duration, "-1.5s"), { seconds: -1n, nanos: -500_000_000 });
  assert.deepEqual(fromJson(Duration, "172800s"), { seconds: 172_800n, nanos: 0 });
  for (const text of ["1", "1.s", "01s", "+1s", "1e3s", "315576000001s"])
    assert.throws(() => fromJson(Duration, text), DecodeError);
});

test("Any shows its content when its type is known, and its bytes when not", () => {
  const anyType = (url: string): Codec<unknown> | undefined =>
    ([MsgSend, Timestamp] as Codec<unknown>[]).find((codec) => codec.typeUrl === url);
  const anyOf = <T>(codec: Codec<T>, value: T): { typeUrl: string; value: Uint8Array } => ({
    typeUrl: codec.typeUrl,
    value: codec.encode(value),
  });
  const parts = [
    anyOf(MsgSend, SEND),
    anyOf(Timestamp, { seconds: 1n, nanos: 0 }),
    anyOf(Coin, SEND.amount[0] as Coin),
  ];
  const body = { ...TxBody.zero(), messages: parts };
  const json = toJson(TxBody, body, { anyType });
  const shown = (json as { messages: Record<string, Json>[] }).messages;
  assert.equal(shown[0]?.["fromAddress"], "iter1from");
  assert.equal(shown[0]?.["@type"], MsgSend.typeUrl);
  assert.equal(shown[1]?.["value"], "1970-01-01T00:00:01Z");
  assert.equal(shown[2]?.["typeUrl"], Coin.typeUrl);
  assert.deepEqual(fromJson(TxBody, json, { anyType }), body);
  assert.throws(() => fromJson(TxBody, { messages: [{ "@type": "/nothing" }] }, { anyType }), DecodeError);
});
