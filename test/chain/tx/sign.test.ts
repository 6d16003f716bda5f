import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { bigFromBytes, u128be } from "#chain/bytes/int.ts";
import { ChainError } from "#chain/kernel/error.ts";
import { directSignBytes } from "#chain/protocol/sign-doc.ts";
import { decodeTx } from "#chain/tx/decode.ts";
import { errors } from "#chain/tx/errors.ts";
import { acceptSigners, authenticate } from "#chain/tx/sign.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { TxRaw } from "#proto/gen/cosmos/tx.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import {
  ann,
  authInfo,
  ben,
  body,
  cosmjsSignBytes,
  fee,
  is,
  ledger,
  rules,
  send,
  signed,
  signerInfo,
  types,
} from "./kit.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const decode = (bytes: Uint8Array) => decodeTx(bytes, types);
const annKey = { type: KeyType.KEY_TYPE_SECP256K1, bytes: ann.pubKey };
const valid = await signed([ann]);

test("a transaction signed by a wallet of cosmjs decodes and verifies", () => {
  const tx = decode(valid);
  authenticate(tx, rules(ledger([ann]).host));
  assert.deepEqual(directSignBytes(tx.raw, "iterum-test-1", 7n), cosmjsSignBytes(tx.raw, 7n));
});

test("a signer's turn passes and the key of a first-time signer is remembered", async () => {
  const book = ledger([ann]);
  const tx = decode(valid);
  authenticate(tx, rules(book.host));
  acceptSigners(tx, book.host);
  assert.deepEqual(book.accounts.get(ann.address), { number: 7n, sequence: 1n, key: annKey });
  assert.throws(
    () => authenticate(tx, rules(book.host)),
    (error) => {
      assert.ok(error instanceof ChainError && error.code === 32 && error.codespace === "sdk");
      return error.message === "account sequence mismatch, expected 1, got 0: incorrect account sequence";
    },
  );
  const keyless = { ...signerInfo(ann, 1n), publicKey: undefined };
  const next = decode(await signed([ann], body(), authInfo({ signerInfos: [keyless] })));
  authenticate(next, rules(book.host));
});

test("several signers each sign the same bytes with their own account number", async () => {
  const messages = [send(ann), send(ben)];
  const auth = authInfo({ signerInfos: [signerInfo(ann), signerInfo(ben)] });
  const bytes = await signed([ann, ben], body({ messages }), auth);
  const book = ledger([ann, ben]);
  authenticate(decode(bytes), rules(book.host));
  acceptSigners(decode(bytes), book.host);
  assert.deepEqual(
    [...book.accounts.values()].map(({ sequence }) => sequence),
    [1n, 1n],
  );
  const raw = TxRaw.decode(bytes);
  const swapped = TxRaw.encode({ ...raw, signatures: [...raw.signatures].reverse() });
  const fresh = rules(ledger([ann, ben]).host);
  assert.throws(() => authenticate(decode(swapped), fresh), is(errors.Unauthorized));
});

test("another chain, account number, key or address is refused", async () => {
  const book = ledger([ben, ann]);
  assert.throws(() => authenticate(decode(valid), rules(book.host)), is(errors.Unauthorized), "number 8");
  const elsewhere = { ...rules(ledger([ann]).host), chainId: "iterum-test-2" };
  assert.throws(() => authenticate(decode(valid), elsewhere), is(errors.Unauthorized));
  assert.throws(() => authenticate(decode(valid), rules(ledger([ben]).host)), is(errors.UnknownAddress));
  const withKey = async (publicKey: { typeUrl: string; value: Uint8Array } | undefined) =>
    decode(await signed([ann], body(), authInfo({ signerInfos: [{ ...signerInfo(ann), publicKey }] })));
  const bad = [
    undefined,
    signerInfo(ben).publicKey,
    { ...signerInfo(ann).publicKey, typeUrl: "/cosmos.crypto.ed25519.PubKey" },
    { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: ann.pubKey.subarray(1) }) },
  ];
  for (const key of bad) {
    await assert.rejects(
      async () => authenticate(await withKey(key), rules(ledger([ann]).host)),
      is(errors.InvalidPubKey),
    );
  }
  const untidy = {
    typeUrl: PubKey.typeUrl,
    value: Uint8Array.of(...PubKey.encode({ key: ann.pubKey }), 0x7a, 0),
  };
  await assert.rejects(withKey(untidy), is(errors.InvalidPubKey));
});

test("the payer of a fee must have signed", async () => {
  const auth = authInfo({
    signerInfos: [signerInfo(ann), signerInfo(ben)],
    fee: { ...fee, payer: ben.address },
  });
  const tx = decode(await signed([ann, ben], body(), auth));
  authenticate(tx, rules(ledger([ann, ben]).host));
  const forged = decode(await signed([ann, ann], body(), auth));
  assert.throws(() => authenticate(forged, rules(ledger([ann, ben]).host)), is(errors.Unauthorized));
});

test("the high half of s is refused", () => {
  const raw = TxRaw.decode(valid);
  const signature = raw.signatures[0] as Uint8Array;
  const s = ORDER - bigFromBytes(signature.subarray(32));
  const high = Uint8Array.of(...signature.subarray(0, 32), ...u128be(s >> 128n), ...u128be(s % (1n << 128n)));
  const twin = TxRaw.encode({ ...raw, signatures: [high] });
  assert.throws(() => authenticate(decode(twin), rules(ledger([ann]).host)), is(errors.Unauthorized));
});

/** Whether a chain would execute the bytes as a transaction of ann's. */
function isAccepted(bytes: Uint8Array): boolean {
  try {
    authenticate(decode(bytes), rules(ledger([ann]).host));
    return true;
  } catch (error) {
    assert.ok(error instanceof ChainError, String(error));
    return false;
  }
}

test("no change of one byte, no byte more and none less leaves a valid transaction", () => {
  assert.ok(isAccepted(valid));
  for (let at = 0; at < valid.length; at++) {
    const bit = 1 << (at & 7);
    assert.ok(!isAccepted(valid.map((byte, i) => (i === at ? byte ^ bit : byte))), `byte ${at}`);
    assert.ok(!isAccepted(Uint8Array.of(...valid.subarray(0, at), ...valid.subarray(at + 1))), `less ${at}`);
    assert.ok(!isAccepted(Uint8Array.of(...valid.subarray(0, at), 0, ...valid.subarray(at))), `more ${at}`);
  }
});

test("random bytes and random splices of a valid transaction are refused with an error of the table", () => {
  const splice = fc.tuple(fc.nat(valid.length), fc.nat(60), fc.uint8Array({ maxLength: 60 }));
  fc.assert(
    fc.property(splice, fc.uint8Array({ maxLength: 300 }), ([at, cut, put], noise) => {
      const spliced = Uint8Array.of(...valid.subarray(0, at), ...put, ...valid.subarray(at + cut));
      if (Buffer.compare(spliced, valid) !== 0) assert.ok(!isAccepted(spliced));
      assert.ok(!isAccepted(noise));
    }),
    { numRuns: 1500 },
  );
});

test("a signature is verified once, whatever the verdict", () => {
  const book = ledger([ann]);
  const counted: string[] = [];
  const base = rules(book.host);
  const verifier: typeof base.verifier = {
    ...base.verifier,
    verify(digest, publicKey, signature) {
      const verdict = base.verifier.verify(digest, publicKey, signature);
      counted.push(String(verdict));
      return verdict;
    },
  };
  const counting = { ...base, verifier };
  const tx = decode(valid);
  for (const _ of [1, 2, 3]) authenticate(tx, counting);
  assert.deepEqual(counted, ["true"]);
  const raw = TxRaw.decode(valid);
  const forged = decode(TxRaw.encode({ ...raw, signatures: [new Uint8Array(64).fill(7)] }));
  for (const _ of [1, 2]) assert.throws(() => authenticate(forged, counting), is(errors.Unauthorized));
  assert.deepEqual(counted, ["true", "false"]);
});

test("a verdict is remembered for its chain, account number and key alone", () => {
  const tx = decode(valid);
  const seen = rules(ledger([ann]).host);
  authenticate(tx, seen);
  const second = ledger([ben, ann]).host;
  assert.throws(() => authenticate(tx, { ...seen, host: second }), is(errors.Unauthorized), "number 8");
  assert.throws(() => authenticate(tx, { ...seen, chainId: "iterum-test-2" }), is(errors.Unauthorized));
  const { host } = ledger([ann]);
  const otherKey = { number: 7n, sequence: 0n, key: { ...annKey, type: KeyType.KEY_TYPE_ETHEREUM } };
  const keyed = { ...host, account: () => otherKey };
  assert.throws(() => authenticate(tx, { ...seen, host: keyed }), is(errors.InvalidPubKey));
  authenticate(tx, { ...seen, host: ledger([ann]).host });
});

/** A varint of two bytes where one would do. */
const padded = (value: number): readonly number[] => [value | 0x80, 0];
const field = (tag: number, bytes: Uint8Array): readonly number[] => [
  tag,
  ...(bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]),
  ...bytes,
];

test("every way to write the envelope differently is refused", () => {
  const { bodyBytes, authInfoBytes, signatures } = TxRaw.decode(valid);
  const signature = signatures[0] as Uint8Array;
  const [b, a, s] = [field(0x0a, bodyBytes), field(0x12, authInfoBytes), field(0x1a, signature)] as const;
  const twins: Readonly<Record<string, readonly (readonly number[])[]>> = {
    "fields in another order": [a, b, s],
    "the signature first": [s, b, a],
    "a field twice": [b, b, a, s],
    "an empty duplicate": [b, [0x0a, 0], a, s],
    "an unknown field": [b, a, s, [0x22, 0]],
    "an unknown number": [b, a, s, [0x20, 1]],
    "a group": [b, a, s, [0x23, 0x24]],
    "a padded length": [b, a, [0x1a, ...padded(64), ...signature]],
    "a padded tag": [b, a, [...padded(0x1a), ...s.slice(1)]],
    "another wire type": [b, a, [0x19, ...signature]],
  };
  assert.deepEqual(Uint8Array.from([b, a, s].flat()), valid);
  for (const [what, parts] of Object.entries(twins))
    assert.ok(!isAccepted(Uint8Array.from(parts.flat())), what);
});
