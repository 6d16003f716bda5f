import { chainRegistry } from "#chain/app/modules.ts";
import type { App } from "#chain/app.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes, u128be } from "#chain/bytes/int.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { LegacyAminoPubKey, MultiSignature } from "#proto/gen/cosmos/crypto/multisig.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { BasicAllowance, MsgGrantAllowance } from "#proto/gen/cosmos/feegrant.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { malleations } from "#test/chain/proto/malleations.ts";
import { fastRandom } from "./random.ts";
import { fuzzApp, numberOf, START_MS, signers, validTx } from "./valid.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const { messages } = chainRegistry();

/** Another encoding of a transaction, or other bytes that are near. */
interface Twin {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Every other encoding of the message that the bytes hold, put back in its place. */
function* within(
  what: string,
  codec: unknown,
  bytes: Uint8Array,
  put: (bytes: Uint8Array) => Uint8Array,
): Generator<Twin> {
  for (const other of malleations(codec as Codec<unknown>, bytes))
    yield { what: `${what} ${other.what}`, bytes: put(other.bytes) };
}

/** Every other encoding of every part of a transaction, down to keys, messages, allowances and signatures. */
function* reencodings(tx: Uint8Array): Generator<Twin> {
  const raw = TxRaw.decode(tx);
  const body = TxBody.decode(raw.bodyBytes);
  const auth = AuthInfo.decode(raw.authInfoBytes);
  const withBody = (bodyBytes: Uint8Array): Uint8Array => TxRaw.encode({ ...raw, bodyBytes });
  const withAuth = (authInfoBytes: Uint8Array): Uint8Array => TxRaw.encode({ ...raw, authInfoBytes });
  yield* within("tx", TxRaw, tx, (bytes) => bytes);
  yield* within("body", TxBody, raw.bodyBytes, withBody);
  yield* within("auth", AuthInfo, raw.authInfoBytes, withAuth);
  for (const [i, { typeUrl, value }] of body.messages.entries()) {
    const put = (bytes: Uint8Array): Uint8Array =>
      withBody(TxBody.encode({ ...body, messages: body.messages.with(i, { typeUrl, value: bytes }) }));
    yield* within("message", messages.get(typeUrl)?.request, value, put);
    if (typeUrl !== MsgGrantAllowance.typeUrl) continue;
    const grant = MsgGrantAllowance.decode(value);
    const held = grant.allowance as { readonly typeUrl: string; readonly value: Uint8Array };
    yield* within("allowance", BasicAllowance, held.value, (bytes) =>
      put(MsgGrantAllowance.encode({ ...grant, allowance: { ...held, value: bytes } })),
    );
  }
  for (const info of auth.signerInfos) {
    const key = info.publicKey as { readonly typeUrl: string; readonly value: Uint8Array };
    const codec = key.typeUrl === LegacyAminoPubKey.typeUrl ? LegacyAminoPubKey : PubKey;
    yield* within("key", codec, key.value, (value) =>
      withAuth(AuthInfo.encode({ ...auth, signerInfos: [{ ...info, publicKey: { ...key, value } }] })),
    );
    const keyless = [{ ...info, publicKey: undefined }];
    yield { what: "key left out", bytes: withAuth(AuthInfo.encode({ ...auth, signerInfos: keyless })) };
  }
}

/** The other half of s, with v turned where there is one. */
function highS(signature: Uint8Array): Uint8Array {
  const s = ORDER - bigFromBytes(signature.subarray(32, 64));
  const turned = signature.length === 65 ? Uint8Array.of(55 - (signature[64] as number)) : new Uint8Array();
  return concat(signature.subarray(0, 32), u128be(s >> 128n), u128be(s % (1n << 128n)), turned);
}

/** Every signature that is as good as the one given, mathematically or by its form. */
function* otherSignatures(tx: Uint8Array): Generator<Twin> {
  const raw = TxRaw.decode(tx);
  const [signature] = raw.signatures as readonly [Uint8Array];
  const put = (what: string, bytes: Uint8Array): Twin => ({
    what: `signature ${what}`,
    bytes: TxRaw.encode({ ...raw, signatures: [bytes] }),
  });
  yield put("longer", concat(signature, Uint8Array.of(0)));
  yield put("shorter", signature.subarray(0, -1));
  if (signature.length <= 65) {
    yield put("high s", highS(signature));
    const r = concat(signature.subarray(0, 32), signature.subarray(32));
    if (signature.length === 65)
      for (const v of [0, 1, 2, 29, 30, 31, 35, 36, 55 - (signature[64] as number)])
        yield put("v", r.with(64, v));
    else for (const v of [27, 28]) yield put("with v", concat(signature, Uint8Array.of(v)));
    return;
  }
  const { signatures } = MultiSignature.decode(signature);
  yield* within("multi", MultiSignature, signature, (bytes) => put("", bytes).bytes);
  for (const [i, one] of signatures.entries())
    yield put("high s of a member", MultiSignature.encode({ signatures: signatures.with(i, highS(one)) }));
  yield put("members swapped", MultiSignature.encode({ signatures: signatures.toReversed() }));
  yield put("one more", MultiSignature.encode({ signatures: [...signatures, signatures[0] as Uint8Array] }));
}

/** Every single byte changed in one bit, left out or doubled. */
function* bytewise(tx: Uint8Array, bit: number): Generator<Twin> {
  for (const [at, byte] of tx.entries()) {
    yield { what: "bit", bytes: tx.with(at, byte ^ (1 << bit)) };
    yield { what: "byte less", bytes: concat(tx.subarray(0, at), tx.subarray(at + 1)) };
    yield { what: "byte twice", bytes: concat(tx.subarray(0, at + 1), tx.subarray(at)) };
  }
}

export interface Malleated {
  readonly txs: number;
  readonly twins: number;
  readonly kinds: number;
  /** What was accepted, or took the turn of the transaction itself. */
  readonly accepted: readonly string[];
}

/** Puts all twins before a transaction into one block: it must be the only one that runs, and run it must. */
async function runBefore(app: App, twins: readonly Twin[], tx: Uint8Array): Promise<string[]> {
  const txs = [...twins.map(({ bytes }) => bytes), tx];
  const block = { height: 1n, timeMs: START_MS + 1_000n, proposer: new Uint8Array(20), txs };
  const { txResults } = await app.finalizeBlock(block);
  const wrong = twins.filter((_, i) => txResults[i]?.code === 0).map(({ what }) => what);
  const own = txResults.at(-1);
  return own?.code === 0 ? wrong : [...wrong, `itself: ${own?.log}`];
}

/** Makes so many valid transactions in every way to sign, and every other encoding of each. */
export async function malleate(count: number, seed: string): Promise<Malleated> {
  const random = fastRandom(seed);
  const app = fuzzApp();
  const kinds = new Set<string>();
  const accepted: string[] = [];
  let twins = 0;
  for (let i = 0; i < count; i++) {
    const by = signers[i % signers.length] as (typeof signers)[number];
    const tx = validTx(random, by, numberOf(app, by.address));
    const seen = new Set([toKey(tx)]);
    const others: Twin[] = [];
    for (const make of [reencodings(tx), otherSignatures(tx), bytewise(tx, random.int(8))])
      for (const twin of make) {
        if (equalBytes(twin.bytes, tx) || seen.has(toKey(twin.bytes))) continue;
        seen.add(toKey(twin.bytes));
        kinds.add(twin.what);
        others.push(twin);
      }
    twins += others.length;
    for (const what of await runBefore(app, others, tx)) accepted.push(`${what} of ${by.kind} ${i}`);
  }
  return { txs: count, twins, kinds: kinds.size, accepted };
}
