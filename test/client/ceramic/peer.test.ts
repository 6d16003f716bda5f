import assert from "node:assert/strict";
import { test } from "node:test";
import { createSignedInitEvent, type SignedEvent, signEvent, signedEventToCAR } from "@ceramic-sdk/events";
import { StreamID } from "@ceramic-sdk/identifiers";
import { Cacao, CacaoBlock, SiweMessage } from "@didtools/cacao";
import { DID } from "dids";
import { getResolver } from "key-did-resolver";
import { delegate, signInText } from "#client/ceramic/capability.ts";
import { ethereumAddress, signText } from "#client/ceramic/eip191.ts";
import { decodeEvent, openSession } from "#client/ceramic/event.ts";
import {
  decodeStreamId,
  ITEM_MODEL,
  parseStreamId,
  streamIdBytes,
  streamIdText,
} from "#client/ceramic/ids.ts";
import { createVerifier } from "#client/ceramic/verify.ts";
import { DAY_MS, didOf, EXPIRES_MS, grantFor, ISSUED_MS, keyOf, sessionDidOf } from "./kit.ts";
import { publishedDid } from "./published.ts";

const ACCOUNT = 0x11;
const SESSION = 7;
const UNIQUE = new Uint8Array(32).fill(9);
const STREAM = { controller: didOf(ACCOUNT), model: ITEM_MODEL };
const DATA = { contents: new Uint8Array(80).fill(3), index: 0, label: new Uint8Array(74).fill(4) };

const grant = grantFor(sessionDidOf(SESSION));
const ourCapability = delegate(grant, keyOf(ACCOUNT));
const ourSession = openSession(keyOf(SESSION), ourCapability);

function theirMessage(): SiweMessage {
  const message = new SiweMessage({
    domain: grant.domain,
    address: ethereumAddress(keyOf(ACCOUNT)),
    statement: grant.statement,
    uri: grant.audience,
    version: "1",
    nonce: grant.nonce,
    issuedAt: new Date(grant.issuedAtMs).toISOString(),
    expirationTime: new Date(grant.expiresAtMs).toISOString(),
    chainId: "1",
    resources: [...grant.resources],
  });
  message.signature = signText(message.signMessage(), keyOf(ACCOUNT));
  return message;
}

const theirCapability = (): Cacao => Cacao.fromSiweMessage(theirMessage());

const carOf = (event: SignedEvent): Uint8Array => signedEventToCAR(event).bytes;

test("the sign-in text and the capability block are those of @didtools/cacao", async () => {
  const theirs = theirMessage();
  assert.equal(signInText(grant, ethereumAddress(keyOf(ACCOUNT))), theirs.signMessage());
  const block = await CacaoBlock.fromCacao(theirCapability());
  assert.deepEqual(ourCapability, new Uint8Array(block.bytes));
});

test("an init event is byte for byte that of dids and @ceramic-sdk/events", async () => {
  const header = { model: StreamID.fromBytes(ITEM_MODEL), sep: "model", unique: UNIQUE };
  const theirs = carOf(await createSignedInitEvent(await publishedDid(ACCOUNT, SESSION), DATA, header));
  const ours = ourSession.signEvent({ kind: "init", ...STREAM, unique: UNIQUE, data: DATA });
  assert.deepEqual(ours.car, new Uint8Array(theirs));
});

test("a data event is byte for byte that of dids and @ceramic-sdk/events", async () => {
  const init = ourSession.signEvent({ kind: "init", ...STREAM, unique: UNIQUE, data: DATA });
  const fields = { id: init.cid, prev: init.cid, data: { ...DATA, index: 1 } };
  const theirs = carOf(await signEvent(await publishedDid(ACCOUNT, SESSION), fields));
  assert.deepEqual(ourSession.signEvent({ kind: "data", ...fields }).car, new Uint8Array(theirs));
});

test("an event of the published libraries passes our verification", async () => {
  const header = { model: StreamID.fromBytes(ITEM_MODEL), sep: "model", unique: UNIQUE };
  const event = decodeEvent(
    carOf(await createSignedInitEvent(await publishedDid(ACCOUNT, SESSION), DATA, header)),
  );
  createVerifier().verify(event, STREAM, ISSUED_MS + DAY_MS);
  assert.deepEqual(event.payload, { kind: "init", ...STREAM, unique: UNIQUE, data: DATA });
});

test("a wallet that signs the checksummed address passes our verification", async () => {
  const message = theirMessage();
  message.signature = signText(message.signMessage({ eip55: true }), keyOf(ACCOUNT));
  assert.notEqual(message.signMessage({ eip55: true }), message.signMessage());
  const block = await CacaoBlock.fromCacao(Cacao.fromSiweMessage(message));
  const session = openSession(keyOf(SESSION), new Uint8Array(block.bytes));
  const event = decodeEvent(session.signEvent({ kind: "init", ...STREAM, unique: UNIQUE, data: DATA }).car);
  createVerifier().verify(event, STREAM, ISSUED_MS + DAY_MS);
  assert.notEqual(event.capability.signature, ourSession.capability.signature);
});

test("dids accepts our events, and refuses them under another issuer, changed or after expiry", async () => {
  const event = decodeEvent(
    ourSession.signEvent({ kind: "init", ...STREAM, unique: UNIQUE, data: DATA }).car,
  );
  const [protectedHeader, link] = Buffer.from(event.signingInput).toString().split(".") as [string, string];
  const jwsOf = (signature: Uint8Array) => ({
    payload: link,
    signatures: [{ protected: protectedHeader, signature: Buffer.from(signature).toString("base64url") }] as [
      { protected: string; signature: string },
    ],
  });
  const verify = (issuer: string, atMs: number, signature = event.signature) =>
    new DID({ resolver: getResolver() }).verifyJWS(jwsOf(signature), {
      issuer,
      capability: theirCapability(),
      atTime: new Date(atMs),
    });
  const accepted = await verify(didOf(ACCOUNT), ISSUED_MS + DAY_MS);
  assert.equal(accepted.kid.split("#")[0], event.signer);
  const changed = Uint8Array.from(event.signature);
  changed[0] = (changed[0] as number) ^ 1;
  await assert.rejects(verify(didOf(ACCOUNT), ISSUED_MS + DAY_MS, changed));
  await assert.rejects(verify(didOf(0x12), ISSUED_MS + DAY_MS));
  await assert.rejects(verify(didOf(ACCOUNT), EXPIRES_MS + DAY_MS));
});

test("StreamIDs are those of @ceramic-sdk/identifiers", () => {
  const text = "kjzl6hvfrbw6c5i55ks5m4hhyuh0jylw4g7x0asndu97i7luts4dfzvm35oev65";
  const theirs = StreamID.fromString(text);
  const ours = parseStreamId(text);
  assert.deepEqual(streamIdBytes(ours), new Uint8Array(theirs.bytes));
  assert.equal(streamIdText(decodeStreamId(new Uint8Array(theirs.bytes))), text);
  assert.equal(StreamID.fromBytes(ITEM_MODEL).typeName, "model");
});
