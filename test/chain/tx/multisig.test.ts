import assert from "node:assert/strict";
import test from "node:test";
import {
  createMultisigThresholdPubkey,
  encodeSecp256k1Pubkey,
  type MultisigThresholdPubkey,
  makeSignDoc,
  pubkeyToAddress,
} from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import { encodePubkey } from "@cosmjs/proto-signing";
import { makeMultisignedTxBytes } from "@cosmjs/stargate";
import { anyOfKey, keyAddress, keyOfAny, MULTISIG_KEYS_MAX } from "#chain/protocol/account-key.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { decodeTx } from "#chain/tx/decode.ts";
import { errors } from "#chain/tx/errors.ts";
import { iterumAminoTypes } from "#client/amino.ts";
import { iterumRegistry } from "#client/registry.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { LegacyAminoPubKey, MultiSignature } from "#proto/gen/cosmos/crypto/multisig.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, type SignerInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { is, types } from "./kit.ts";
import { aminoWallet, ben, chainWith, FEE, signerData } from "./people.ts";

const wallet = await aminoWallet(8);
const accounts = await wallet.getAccounts();
const keys = accounts.map(({ pubkey }) => encodeSecp256k1Pubkey(pubkey));
const pubkey = createMultisigThresholdPubkey(keys.slice(0, 3), 2);
const address = pubkeyToAddress(pubkey, ADDRESS_PREFIX);
const coins = [{ denom: DENOM, amount: "7" }];
const message = {
  typeUrl: MsgSend.typeUrl,
  value: { fromAddress: address, toAddress: ben.address, amount: coins },
};
const body = iterumRegistry().encodeTxBody({ messages: [message], memo: "" });
const twoOfThree = [0, 2].map((i) => accounts[i]?.address as string);

/** The transaction that members of a multisig sign, put together by cosmjs. */
async function multisigned(
  chain: ReturnType<typeof chainWith>,
  signers: readonly string[] = twoOfThree,
  key: MultisigThresholdPubkey = pubkey,
): Promise<Uint8Array> {
  const { accountNumber, sequence, chainId } = signerData(chain, address);
  const said = [iterumAminoTypes().toAmino(message)];
  const document = makeSignDoc(said, FEE, chainId, "", accountNumber, sequence);
  const signatures = new Map<string, Uint8Array>();
  for (const signer of signers) {
    const { signature } = await wallet.signAmino(signer, document);
    signatures.set(signer, fromBase64(signature.signature));
  }
  return makeMultisignedTxBytes(key, sequence, FEE, body, signatures);
}

test("a multisig has the address that cosmjs gives it, for every size", () => {
  for (let size = 1; size <= MULTISIG_KEYS_MAX; size++) {
    const theirs = createMultisigThresholdPubkey(keys.slice(0, size), size);
    const key = keyOfAny(encodePubkey(theirs));
    assert.ok(key);
    assert.equal(keyAddress(key), pubkeyToAddress(theirs, ADDRESS_PREFIX));
    assert.deepEqual(anyOfKey(key), { ...encodePubkey(theirs) });
  }
});

test("two of three dispose of an account with a transaction that cosmjs puts together", async () => {
  const chain = chainWith(address);
  assert.equal((await chain.rawBlock([await multisigned(chain)])).results[0]?.log, "");
  const others = [1, 2].map((i) => accounts[i]?.address as string);
  assert.equal((await chain.rawBlock([await multisigned(chain, others)])).results[0]?.code, 0);
});

test("one of three and three of three are refused: exactly as many sign as are needed", async () => {
  const chain = chainWith(address);
  for (const count of [1, 3]) {
    const signers = accounts.slice(0, count).map((one) => one.address);
    const { results } = await chain.rawBlock([await multisigned(chain, signers)]);
    assert.deepEqual([results[0]?.codespace, results[0]?.code], ["sdk", 4], `${count} of 3`);
  }
});

/** The same transaction with its only signer, or its signature, changed. */
function altered(
  bytes: Uint8Array,
  change: (info: SignerInfo) => Partial<SignerInfo>,
  signature?: Uint8Array,
) {
  const raw = TxRaw.decode(bytes);
  const auth = AuthInfo.decode(raw.authInfoBytes);
  const signerInfos = auth.signerInfos.map((info) => ({ ...info, ...change(info) }));
  const signatures = signature ? [signature] : raw.signatures;
  return TxRaw.encode({ ...raw, authInfoBytes: AuthInfo.encode({ ...auth, signerInfos }), signatures });
}

const withBits = (bytes: Uint8Array, elems: readonly number[], extraBitsStored: number): Uint8Array =>
  altered(bytes, ({ modeInfo }) => ({
    modeInfo: {
      single: undefined,
      multi: {
        modeInfos: modeInfo?.multi?.modeInfos ?? [],
        bitarray: { elems: Uint8Array.from(elems), extraBitsStored },
      },
    },
  }));

test("which members signed is written in one way", async () => {
  const bytes = await multisigned(chainWith(address));
  const refused: readonly (readonly [readonly number[], number])[] = [
    [[0xa0], 0],
    [[0xa0], 2],
    [[0xa0, 0], 3],
    [[0xa8], 3],
    [[0xa1], 3],
    [[], 3],
  ];
  const decode = (given: Uint8Array) => decodeTx(given, types);
  decode(withBits(bytes, [0xa0], 3));
  for (const [elems, extra] of refused)
    assert.throws(() => decode(withBits(bytes, elems, extra)), is(errors.TxDecode), String([elems, extra]));
  assert.throws(() => decode(withBits(bytes, [0xe0], 3)), is(errors.Unauthorized), "three bits");
  const { signatures } = MultiSignature.decode(TxRaw.decode(bytes).signatures[0] as Uint8Array);
  const short = MultiSignature.encode({ signatures: signatures.map((one) => one.subarray(1)) });
  assert.throws(() => decode(altered(bytes, () => ({}), short)), is(errors.Unauthorized));
  const untidy = Uint8Array.of(...MultiSignature.encode({ signatures }), 0x12, 0);
  assert.throws(() => decode(altered(bytes, () => ({}), untidy)), is(errors.TxDecode));
});

test("the signatures of a multisig must be those of the members whose bits are set", async () => {
  const chain = chainWith(address);
  const bytes = await multisigned(chain);
  const { signatures } = MultiSignature.decode(TxRaw.decode(bytes).signatures[0] as Uint8Array);
  const swapped = MultiSignature.encode({ signatures: signatures.toReversed() });
  const doubled = MultiSignature.encode({ signatures: [signatures[0], signatures[0]] as Uint8Array[] });
  const forged = [
    altered(bytes, () => ({}), swapped),
    altered(bytes, () => ({}), doubled),
    withBits(bytes, [0x60], 3),
    bytes,
  ];
  const { results } = await chain.rawBlock(forged);
  assert.deepEqual(
    results.map(({ code }) => code),
    [4, 4, 4, 0],
  );
});

test("members sign in Amino JSON only, and the key must be given", async () => {
  const bytes = await multisigned(chainWith(address));
  const mode = (value: number) => ({ single: { mode: value }, multi: undefined });
  const direct = altered(bytes, ({ modeInfo }) => ({
    modeInfo: {
      single: undefined,
      multi: {
        bitarray: modeInfo?.multi?.bitarray,
        modeInfos: [mode(SignMode.SIGN_MODE_DIRECT), mode(SignMode.SIGN_MODE_DIRECT)],
      },
    },
  }));
  assert.throws(() => decodeTx(direct, types), is(errors.NotSupported));
  const single = altered(bytes, () => ({ modeInfo: mode(SignMode.SIGN_MODE_DIRECT) }));
  assert.throws(() => decodeTx(single, types), is(errors.NotSupported));
  const keyless = altered(bytes, () => ({ publicKey: undefined }));
  assert.throws(() => decodeTx(keyless, types), is(errors.InvalidPubKey));
});

test("a multisig inside a multisig, a key twice, eight keys and impossible thresholds are refused", () => {
  const plain = keys.map((key) => encodePubkey(key));
  const nested = LegacyAminoPubKey.encode({ threshold: 1, publicKeys: [encodePubkey(pubkey)] });
  const made = (threshold: number, publicKeys: readonly { typeUrl: string; value: Uint8Array }[]) =>
    keyOfAny({
      typeUrl: LegacyAminoPubKey.typeUrl,
      value: LegacyAminoPubKey.encode({ threshold, publicKeys }),
    });
  assert.ok(made(2, plain.slice(0, 3)));
  assert.equal(made(1, [{ typeUrl: LegacyAminoPubKey.typeUrl, value: nested }]), undefined);
  assert.equal(made(1, [plain[0], plain[0]] as typeof plain), undefined);
  assert.equal(made(1, plain), undefined);
  assert.equal(made(0, plain.slice(0, 3)), undefined);
  assert.equal(made(4, plain.slice(0, 3)), undefined);
  assert.equal(made(1, []), undefined);
  const eth = {
    ...(plain[0] as (typeof plain)[number]),
    typeUrl: "/cosmos.evm.crypto.v1.ethsecp256k1.PubKey",
  };
  assert.equal(made(1, [eth]), undefined);
});

test("the body that cosmjs encodes is canonical", () => {
  assert.deepEqual(TxBody.encode(TxBody.decode(body)), Uint8Array.from(body));
});
