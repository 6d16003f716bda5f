import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes } from "#chain/bytes/int.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { words } from "#chain/protocol/field.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { malleations } from "#test/chain/proto/malleations.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { signTx } from "#test/kit/chain.ts";
import { seeded } from "#test/kit/game/random.ts";
import { newApp, pay, signedAs } from "./kit.ts";

const [ann, ben] = people("ann", "ben") as [Person, Person];
const app = newApp({ members: [], others: [ann, ben] });
const number = app.read((ctx) => auth.account(ctx, ann.address)?.number) ?? 0n;
const at = { number, sequence: 0n };
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const isRefused = (bytes: Uint8Array): boolean => app.checkTx(bytes).code !== 0;

/**
 * Every other way of `malleations` to write a transaction's parts, each in a transaction written as it should
 * be.
 */
function* reencodings(tx: Uint8Array): Generator<{ what: string; bytes: Uint8Array }> {
  const raw = TxRaw.decode(tx);
  yield* malleations(TxRaw as Codec<unknown>, tx);
  for (const { what, bytes } of malleations(TxBody as Codec<unknown>, raw.bodyBytes))
    yield { what: `body: ${what}`, bytes: TxRaw.encode({ ...raw, bodyBytes: bytes }) };
  for (const { what, bytes } of malleations(AuthInfo as Codec<unknown>, raw.authInfoBytes))
    yield { what: `auth: ${what}`, bytes: TxRaw.encode({ ...raw, authInfoBytes: bytes }) };
}

test("no part of a transaction has another encoding that is accepted", () => {
  const random = seeded("malleability");
  const classes = new Map<string, number>();
  for (let i = 0; i < 1_000; i++) {
    const tx = signTx(ann, at, pay(ann, ben, BigInt(i + 1)));
    const others = [...reencodings(tx)];
    // Every class of some, and a few of all the others: a thousand times all takes minutes.
    const chosen = i < 10 ? others : Array.from({ length: 6 }, () => random.pick(others));
    for (const { what, bytes } of chosen) {
      if (equalBytes(bytes, tx)) continue;
      assert.ok(isRefused(bytes), `${what} of transaction ${i}`);
      classes.set(what, (classes.get(what) ?? 0) + 1);
    }
  }
  assert.ok(classes.size >= 30, `${classes.size} classes`);
});

test("a re-encoded body, message or authentication is refused although its author signed it", () => {
  const tx = signTx(ann, at, pay(ann, ben));
  const raw = TxRaw.decode(tx);
  for (const { what, bytes } of malleations(TxBody as Codec<unknown>, raw.bodyBytes)) {
    const signed = signedAs(ann, at, [pay(ann, ben)], { bodyBytes: () => bytes });
    assert.ok(isRefused(signed), `body: ${what}`);
  }
  for (const { what, bytes } of malleations(AuthInfo as Codec<unknown>, raw.authInfoBytes)) {
    const signed = signedAs(ann, at, [pay(ann, ben)], { authBytes: () => bytes });
    assert.ok(isRefused(signed), `auth: ${what}`);
  }
  const { value } = pay(ann, ben);
  for (const { what, bytes } of malleations(MsgSend as Codec<unknown>, value)) {
    const signed = signedAs(ann, at, [{ typeUrl: MsgSend.typeUrl, value: bytes }]);
    assert.ok(isRefused(signed), `message: ${what}`);
  }
});

test("the other half of the signatures, longer ones and other keys are refused", () => {
  const tx = signTx(ann, at, pay(ann, ben));
  const raw = TxRaw.decode(tx);
  const signature = raw.signatures[0] as Uint8Array;
  const high = concat(signature.subarray(0, 32), words([CURVE_ORDER - bigFromBytes(signature.subarray(32))]));
  for (const other of [high, concat(signature, Uint8Array.of(0)), signature.subarray(1), new Uint8Array(64)])
    assert.ok(isRefused(TxRaw.encode({ ...raw, signatures: [other] })));
  assert.ok(isRefused(TxRaw.encode({ ...raw, signatures: [signature, signature] })));
  const withKey = (key: Uint8Array): Uint8Array =>
    signedAs(ann, at, [pay(ann, ben)], {
      auth: (info) => ({
        ...info,
        signerInfos: info.signerInfos.map((each) => ({
          ...each,
          publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
        })),
      }),
    });
  assert.ok(!isRefused(withKey(ann.publicKey)));
  for (const key of [ben.publicKey, concat(ann.publicKey, Uint8Array.of(0)), new Uint8Array(33)])
    assert.ok(isRefused(withKey(key)));
});
