import {
  type AccountData,
  DirectSecp256k1Wallet,
  makeSignBytes,
  type OfflineDirectSigner,
} from "@cosmjs/proto-signing";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import type { MessageType, TxTypes } from "#chain/tx/decode.ts";
import type { TxAccount, TxHost } from "#chain/tx/host.ts";
import type { SignatureRules } from "#chain/tx/sign.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import { nativeVerifier } from "#chain/tx/verifier.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";

const CHAIN_ID = "iterum-test-1";

export interface Person {
  readonly wallet: OfflineDirectSigner;
  readonly secret: Uint8Array;
  readonly address: string;
  readonly pubKey: Uint8Array;
}

async function person(name: string): Promise<Person> {
  const secret = sha256(utf8(`secret of ${name}`));
  const wallet = await DirectSecp256k1Wallet.fromKey(secret, ADDRESS_PREFIX);
  const [{ address, pubkey }] = (await wallet.getAccounts()) as readonly [AccountData];
  return { wallet, secret, address, pubKey: pubkey };
}

export const [ann, ben, cat] = [await person("ann"), await person("ben"), await person("cat")];

const sendType: MessageType = {
  request: MsgSend as Codec<unknown>,
  handler: { signer: (message) => (message as MsgSend).fromAddress },
};

export const types: TxTypes<MessageType> = {
  message: (typeUrl) => (typeUrl === MsgSend.typeUrl ? sendType : undefined),
  nestedAny: new Map(),
};

export const send = (from: Person, amount = 5n) => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({
    fromAddress: from.address,
    toAddress: cat.address,
    amount: [{ denom: "utest", amount }],
  }),
});

export const body = (fields: Partial<TxBody> = {}): TxBody => ({
  ...TxBody.zero(),
  messages: [send(ann)],
  ...fields,
});

export const signerInfo = (of: Person, sequence = 0n) => ({
  publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: of.pubKey }) },
  modeInfo: { single: { mode: SignMode.SIGN_MODE_DIRECT }, multi: undefined },
  sequence,
});

export const fee = {
  amount: [{ denom: "utest", amount: 2_000n }],
  gasLimit: 100_000n,
  payer: "",
  granter: "",
};

export const authInfo = (fields: Partial<AuthInfo> = {}): AuthInfo => ({
  signerInfos: [signerInfo(ann)],
  fee,
  tip: undefined,
  ...fields,
});

/** A transaction whose signatures are of the right length and otherwise arbitrary. */
export const unsigned = (b: TxBody = body(), a: AuthInfo = authInfo()): Uint8Array =>
  TxRaw.encode({
    bodyBytes: TxBody.encode(b),
    authInfoBytes: AuthInfo.encode(a),
    signatures: a.signerInfos.map(() => new Uint8Array(64).fill(1)),
  });

/** A transaction signed by the people with cosmjs's wallets, whose account numbers count from 7. */
export async function signed(
  people: readonly Person[],
  b: TxBody = body(),
  a: AuthInfo = authInfo(),
): Promise<Uint8Array> {
  const bodyBytes = TxBody.encode(b);
  const authInfoBytes = AuthInfo.encode(a);
  const signatures: Uint8Array[] = [];
  for (const [i, { wallet, address }] of people.entries()) {
    const doc = { bodyBytes, authInfoBytes, chainId: CHAIN_ID, accountNumber: 7n + BigInt(i) };
    const { signature } = await wallet.signDirect(address, doc);
    signatures.push(Uint8Array.from(Buffer.from(signature.signature, "base64")));
  }
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures });
}

/** The bytes that cosmjs would sign. */
export const cosmjsSignBytes = (raw: TxRaw, accountNumber: bigint): Uint8Array =>
  makeSignBytes({ ...raw, chainId: CHAIN_ID, accountNumber });

export interface Ledger {
  readonly host: TxHost;
  readonly accounts: Map<string, TxAccount>;
  readonly charged: string[];
}

/** A host over a plain map, with accounts numbered from 7. */
export function ledger(people: readonly Person[]): Ledger {
  const accounts = new Map<string, TxAccount>(
    people.map(({ address }, i) => [address, { number: 7n + BigInt(i), sequence: 0n, key: undefined }]),
  );
  const charged: string[] = [];
  const runs = new Set<string>();
  const change = (address: string, fields: Partial<TxAccount>): void => {
    const account = accounts.get(address);
    if (account !== undefined) accounts.set(address, { ...account, ...fields });
  };
  const host: TxHost = {
    account: (address) => accounts.get(address),
    charge: (payer, coins) => {
      for (const { denom, amount } of coins) charged.push(`${payer} ${amount}${denom}`);
    },
    bumpSequence: (address) => change(address, { sequence: (accounts.get(address)?.sequence ?? 0n) + 1n }),
    chargeGranter: (granter, payer, coins) => host.charge(`${granter} for ${payer}`, coins),
    setKey: (address, key) => change(address, { key }),
    hasRun: (address, deadlineNs) => runs.has(`${address} ${deadlineNs}`),
    markRun: (address, deadlineNs) => void runs.add(`${address} ${deadlineNs}`),
  };
  return { host, accounts, charged };
}

const verifier = nativeVerifier();

export const rules = (host: TxHost): SignatureRules => ({
  chainId: CHAIN_ID,
  host,
  verifier,
  cache: signatureCache(100),
});

/** Asserts through `assert.throws` that an error is one of a factory. */
export const is =
  (factory: { readonly codespace: string; readonly code: number; readonly text: string }) =>
  (error: unknown): boolean => {
    const { codespace, code, message } = error as { codespace: string; code: number; message: string };
    return codespace === factory.codespace && code === factory.code && message.startsWith(factory.text);
  };
