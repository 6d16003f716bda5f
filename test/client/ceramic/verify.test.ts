import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeCanonical, encodeBlock } from "#client/ceramic/block.ts";
import { delegate, type Grant } from "#client/ceramic/capability.ts";
import { recoverAddress, signText } from "#client/ceramic/eip191.ts";
import { CeramicError, type CeramicErrorCode } from "#client/ceramic/error.ts";
import { decodeEvent } from "#client/ceramic/event.ts";
import { decodeStreamId, ITEM_MODEL, MODEL_INSTANCE, streamIdText } from "#client/ceramic/ids.ts";
import { createVerifier } from "#client/ceramic/verify.ts";
import {
  DAY_MS,
  didOf,
  type Forgery,
  forge,
  grantFor,
  headerOf,
  ISSUED_MS,
  keyOf,
  newSession,
  sessionDidOf,
} from "./kit.ts";

const MINUTE_MS = 60_000;
const STREAM = { controller: didOf(1), model: ITEM_MODEL };
const UNIQUE = new Uint8Array(32).fill(9);
const INIT = { kind: "init", ...STREAM, unique: UNIQUE, data: { index: 0 } } as const;
const HEADER = { controllers: [STREAM.controller], model: ITEM_MODEL, sep: "model", unique: UNIQUE };

const failsWith = (code: CeramicErrorCode, run: () => unknown): void =>
  assert.throws(run, (error: unknown) => error instanceof CeramicError && error.code === code);

const check = (car: Uint8Array, atMs = ISSUED_MS + DAY_MS, stream = STREAM): void =>
  createVerifier().verify(decodeEvent(car), stream, atMs);

const carWith = (changes: Partial<Grant>): Uint8Array => newSession(1, 2, changes).signEvent(INIT).car;

function forged(changes: Partial<Forgery>): Uint8Array {
  const capability = changes.capability ?? delegate(grantFor(sessionDidOf(2)), keyOf(1));
  const honest = { header: headerOf(capability, 2), payload: { data: {}, header: HEADER }, seed: keyOf(2) };
  return forge({ ...honest, ...changes, capability });
}

test("an event signed by the session key of the controller is accepted", () => {
  check(carWith({}));
  check(forged({}));
});

test("an event of another account is refused", () => {
  const car = newSession(3, 2).signEvent(INIT).car;
  failsWith("wrongIssuer", () => check(car));
});

test("a capability granted to another session key is refused", () => {
  const capability = delegate(grantFor(sessionDidOf(4)), keyOf(1));
  failsWith("wrongAudience", () => check(forged({ capability })));
});

test("an event signed by another key than its header names is refused", () => {
  failsWith("badSignature", () => check(forged({ seed: keyOf(4) })));
});

test("a capability that its issuer did not sign is refused", () => {
  const honest = decodeCanonical(delegate(grantFor(sessionDidOf(2)), keyOf(3))) as { p: { iss: string } };
  honest.p.iss = STREAM.controller;
  failsWith("badCapability", () => check(forged({ capability: encodeBlock(honest).bytes })));
});

test("a capability counts from five minutes before its issue to five minutes after its expiry", () => {
  const car = carWith({ expiresAtMs: ISSUED_MS + DAY_MS });
  check(car, ISSUED_MS - 5 * MINUTE_MS);
  failsWith("notYetValid", () => check(car, ISSUED_MS - 5 * MINUTE_MS - 1));
  check(car, ISSUED_MS + DAY_MS + 5 * MINUTE_MS);
  failsWith("expired", () => check(car, ISSUED_MS + DAY_MS + 5 * MINUTE_MS + 1));
});

test("a remembered capability is still refused after its expiry", () => {
  const verifier = createVerifier();
  const event = decodeEvent(carWith({ expiresAtMs: ISSUED_MS + DAY_MS }));
  verifier.verify(event, STREAM, ISSUED_MS);
  failsWith("expired", () => verifier.verify(event, STREAM, ISSUED_MS + 2 * DAY_MS));
});

test("a verifier that remembers one capability forgets the older and still judges both rightly", () => {
  const verifier = createVerifier(1);
  const events = [carWith({}), carWith({ nonce: "another1234567" })].map(decodeEvent);
  for (const event of [...events, ...events]) verifier.verify(event, STREAM, ISSUED_MS);
  const stranger = decodeEvent(newSession(3, 2).signEvent(INIT).car);
  failsWith("wrongIssuer", () => verifier.verify(stranger, STREAM, ISSUED_MS));
});

test("a capability must cover the stream, its model or everything", () => {
  const init = decodeEvent(carWith({})).cid;
  const event = { kind: "data", id: init, prev: init, data: {} } as const;
  const covering = (resource: string): Uint8Array =>
    newSession(1, 2, { resources: [resource] }).signEvent(event).car;
  check(covering(`ceramic://${streamIdText({ type: MODEL_INSTANCE, init })}`));
  check(covering(`ceramic://*?model=${streamIdText(decodeStreamId(ITEM_MODEL))}`));
  failsWith("notCovered", () => check(covering("ceramic://*?model=kjzl6other")));
  failsWith("notCovered", () => check(covering("https://iterum.example/")));
});

test("an event with a field, block, signature or header of another form is refused", () => {
  const capability = delegate(grantFor(sessionDidOf(2)), keyOf(1));
  const header = headerOf(capability, 2);
  const init = decodeEvent(carWith({})).cid;
  const cases: readonly Partial<Forgery>[] = [
    { header: header.replace("EdDSA", "none") },
    { header: header.replace("{", "{ ") },
    { header: header.replace("#z6Mk", "#z6Ml") },
    { header: "\u00ff".repeat(300) },
    { envelope: { signatures: [] } },
    { envelope: { extra: 1 } },
    { envelope: { payload: new Uint8Array(36) } },
    { extraBlocks: [encodeBlock({ spam: 1 })] },
    { payload: { data: {}, header: { ...HEADER, unique: UNIQUE.subarray(1) } } },
    { payload: { data: {}, header: { ...HEADER, model: new Uint8Array(40) } } },
    { payload: { data: {}, header: { ...HEADER, sep: "other" } } },
    { payload: { data: {}, header: { ...HEADER, controllers: [] } } },
    { payload: { data: {}, header: HEADER, more: 1 } },
    { payload: { id: init, prev: encodeBlock(1).cid, data: {} } },
    { payload: [] },
  ];
  for (const changes of cases) failsWith("malformed", () => decodeEvent(forged({ capability, ...changes })));
});

test("a capability of another form is refused", () => {
  const good = decodeCanonical(delegate(grantFor(sessionDidOf(2)), keyOf(1))) as Record<
    "h" | "p" | "s",
    object
  >;
  const cases: readonly object[] = [
    { h: { t: "caip122" } },
    { s: { t: "eip1271", s: "0x" } },
    { p: { ...good.p, version: "2" } },
    { p: { ...good.p, exp: "2026-12-23" } },
    { p: { ...good.p, statement: "one\nURI: did:key:other" } },
  ];
  for (const changes of cases) {
    const capability = encodeBlock({ ...good, ...changes }).bytes;
    failsWith("badCapability", () => decodeEvent(forged({ capability })));
  }
  const long = encodeBlock({ ...good, p: { ...good.p, nbf: "x" } }).bytes;
  failsWith("malformed", () => decodeEvent(forged({ capability: long })));
});

test("a changed byte anywhere in an archive is refused with a typed error", () => {
  const car = carWith({});
  fc.assert(
    fc.property(fc.nat(car.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(car);
      changed[at] = (changed[at] as number) ^ flip;
      assert.throws(() => decodeEvent(changed), CeramicError);
    }),
    { numRuns: 500 },
  );
});

test("deeply nested and non-canonical dag-cbor is refused without harm", () => {
  failsWith("malformed", () => decodeCanonical(new Uint8Array(200_000).fill(0x81)));
  failsWith("malformed", () => decodeCanonical(Uint8Array.of(0x18, 0x01)));
  failsWith("malformed", () => decodeCanonical(Uint8Array.of(0xa2, 0x61, 0x62, 1, 0x61, 0x61, 1)));
  failsWith("blockTooLarge", () => decodeCanonical(new Uint8Array(256_001)));
});

test("personal_sign recovers the address of a vector made with a wallet", () => {
  const r = "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd";
  const s = "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029";
  const vector = `0x${r}${s}1c`;
  assert.equal(recoverAddress("Some data", vector), "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23");
  const key = Buffer.from("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", "hex");
  assert.equal(signText("Some data", key), vector);
  failsWith("badCapability", () => recoverAddress("Some data", `${vector.slice(0, -2)}1d`));
  failsWith("badCapability", () => recoverAddress("Some data", `0x${"00".repeat(64)}1b`));
});
