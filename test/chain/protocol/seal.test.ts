import assert from "node:assert/strict";
import { hkdfSync, randomBytes } from "node:crypto";
import { test } from "node:test";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import fc from "fast-check";
import {
  epochId,
  itemKey,
  itemSalt,
  open,
  SEAL_OVERHEAD_BYTES,
  SealError,
  type SealErrorCode,
  seal,
  sealAad,
  sealNonce,
} from "#chain/protocol/seal.ts";
import { twoWayCiphertext } from "./two-way.ts";

const DID = "did:pkh:eip155:1:0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a";
const EPOCH = epochId({ chainId: "iterum-1", gameId: "spam", roundId: 7n });
const AAD = sealAad(DID, EPOCH, 5);

const failsWith = (code: SealErrorCode, run: () => unknown): void =>
  assert.throws(run, (error: unknown) => error instanceof SealError && error.code === code);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test("what is sealed opens under its key, and grows by the stated overhead", () => {
  fc.assert(
    fc.property(
      bytes(32),
      bytes(24),
      fc.uint8Array(),
      fc.uint8Array({ maxLength: 300 }),
      (k, n, aad, text) => {
        const sealed = seal(k, n, aad, text);
        assert.equal(sealed.length, text.length + SEAL_OVERHEAD_BYTES);
        assert.deepEqual(open(k, aad, sealed), text);
      },
    ),
  );
});

test("another key is refused by the commitment before anything is decrypted", () => {
  const sealed = seal(randomBytes(32), randomBytes(24), AAD, Buffer.from("HAM"));
  failsWith("wrongKey", () => open(randomBytes(32), AAD, sealed));
});

test("a blob of one item does not open as another member's, round's or index's", () => {
  const key = randomBytes(32);
  const sealed = seal(key, randomBytes(24), AAD, Buffer.from("SPAM"));
  for (const other of [
    sealAad(DID.replace("0x19", "0x18"), EPOCH, 5),
    sealAad(DID, epochId({ chainId: "iterum-1", gameId: "spam", roundId: 8n }), 5),
    sealAad(DID, EPOCH, 6),
  ])
    failsWith("tampered", () => open(key, other, sealed));
});

test("changing any byte of a blob is refused", () => {
  const key = randomBytes(32);
  const sealed = seal(key, randomBytes(24), AAD, Buffer.from("one short message"));
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    failsWith(at < 56 ? "wrongKey" : "tampered", () => open(key, AAD, changed));
  }
});

test("a truncated blob and a key or nonce of a wrong size are refused", () => {
  const key = randomBytes(32);
  const sealed = seal(key, randomBytes(24), AAD, new Uint8Array(0));
  assert.deepEqual(open(key, AAD, sealed), new Uint8Array(0));
  failsWith("badLength", () => open(key, AAD, sealed.subarray(0, -1)));
  failsWith("badLength", () => open(key.subarray(1), AAD, sealed));
  failsWith("badLength", () => seal(key, randomBytes(12), AAD, new Uint8Array(1)));
  failsWith("badLength", () => itemKey(key.subarray(1), 0));
  failsWith("badLength", () => sealAad(DID, EPOCH.subarray(1), 0));
});

test("one AEAD ciphertext opens as HAM and as SPAM under two keys, and sealing refuses the second", () => {
  const nonce = randomBytes(24);
  const faces = ["HAM : see you at eight tonight  ", "SPAM: you WON, call 09061 to get"].map((text) => {
    const key = randomBytes(32);
    const okm = new Uint8Array(hkdfSync("sha256", key, nonce, "iterum/seal/v1", 64));
    return { key, cipherKey: okm.subarray(0, 32), commitment: okm.subarray(32), text: Buffer.from(text) };
  });
  const [ham, spam] = faces as [(typeof faces)[0], (typeof faces)[0]];
  const twoWay = twoWayCiphertext(nonce, AAD, ham, spam);

  const bare = faces.map((face) => xchacha20poly1305(face.cipherKey, nonce, AAD).decrypt(twoWay));
  assert.deepEqual(Buffer.from((bare[0] as Uint8Array).subarray(0, 32)), ham.text);
  assert.deepEqual(Buffer.from((bare[1] as Uint8Array).subarray(32, 64)), spam.text);

  const sealed = Buffer.concat([nonce, ham.commitment, twoWay]);
  assert.deepEqual(Buffer.from(open(ham.key, AAD, sealed).subarray(0, 32)), ham.text);
  failsWith("wrongKey", () => open(spam.key, AAD, sealed));
});

test("item keys and salts differ by index and purpose, and are HKDF-SHA-256 of the stated info", () => {
  const key = randomBytes(32);
  const seen = new Set<string>();
  for (let i = 0; i < 50; i++)
    for (const derived of [itemKey(key, i), itemSalt(key, i)]) seen.add(Buffer.from(derived).toString("hex"));
  assert.equal(seen.size, 100);
  const info = Buffer.concat([Buffer.from("event"), Buffer.from([0, 0, 1, 2])]);
  const expected = new Uint8Array(hkdfSync("sha256", key, new Uint8Array(0), info, 32));
  assert.deepEqual(itemKey(key, 258), expected);
});

test("the blob is nonce, commitment and ciphertext in this order", () => {
  const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(24).fill(2)];
  const sealed = seal(key, nonce, AAD, Buffer.from("golden"));
  const okm = new Uint8Array(hkdfSync("sha256", key, nonce, "iterum/seal/v1", 64));
  assert.deepEqual(sealed.subarray(0, 24), nonce);
  assert.deepEqual(sealed.subarray(24, 56), okm.subarray(32));
  const plain = xchacha20poly1305(okm.subarray(0, 32), nonce, AAD).decrypt(sealed.subarray(56));
  assert.equal(Buffer.from(plain).toString(), "golden");
});

test("a nonce repeats for the same item only", () => {
  const [key, text] = [randomBytes(32), Buffer.from("label")];
  const nonce = sealNonce(key, AAD, text);
  assert.equal(nonce.length, 24);
  assert.deepEqual(sealNonce(key, AAD, text), nonce);
  const others = [
    sealNonce(randomBytes(32), AAD, text),
    sealNonce(key, sealAad(DID, EPOCH, 6), text),
    sealNonce(key, AAD, Buffer.from("Label")),
  ];
  for (const other of others) assert.notDeepEqual(other, nonce);
});
