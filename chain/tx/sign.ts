import { equalBytes } from "#chain/bytes/compare.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { ensure } from "#chain/kernel/error.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { publicKeyAddress } from "#chain/protocol/address.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { SignDoc, type SignerInfo, type TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { DecodedTx, MessageType } from "./decode.ts";
import { errors, wrongSequence } from "./errors.ts";
import type { TxAccount, TxHost } from "./host.ts";
import { type SignatureCache, signatureCacheKey } from "./signature-cache.ts";
import type { SignatureVerifier } from "./verifier.ts";

/** Bytes of a compressed secp256k1 key. */
export const PUBLIC_KEY_BYTES = 33;

/** What the signatures of a transaction are checked with. */
export interface SignatureRules {
  readonly chainId: string;
  readonly host: TxHost;
  readonly verifier: SignatureVerifier;
  /** Of this process; it changes no verdict. */
  readonly cache: SignatureCache;
}

interface Signer {
  readonly address: string;
  readonly account: TxAccount;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** The bytes a signer signs in SIGN_MODE_DIRECT; the signature is over their SHA-256. */
export const directSignBytes = (raw: TxRaw, chainId: string, accountNumber: bigint): Uint8Array =>
  SignDoc.encode({ bodyBytes: raw.bodyBytes, authInfoBytes: raw.authInfoBytes, chainId, accountNumber });

/**
 * Fails unless every signer of the transaction has an account, is at its turn and has signed, with the key
 * that gives its address, for this chain and its account number. What costs least is checked first, for all
 * signers.
 */
export function authenticate(tx: DecodedTx<MessageType>, rules: SignatureRules): void {
  const signers = tx.signers.map((address, i): Signer => {
    const account = rules.host.account(address);
    const info = tx.signerInfos[i] as SignerInfo;
    ensure(account, errors.UnknownAddress, { address });
    if (info.sequence !== account.sequence) throw wrongSequence(account.sequence, info.sequence);
    const publicKey = keyOf(info, account, address);
    return { address, account, publicKey, signature: tx.raw.signatures[i] as Uint8Array };
  });
  for (const signer of signers) verify(tx.raw, signer, rules);
}

/** Takes the turn of every signer and remembers the keys of first-time signers. Kept when a message fails. */
export function acceptSigners(tx: DecodedTx<MessageType>, host: TxHost): void {
  for (const [i, address] of tx.signers.entries()) {
    const account = host.account(address);
    ensure(account, errors.UnknownAddress, { address });
    const { publicKey } = tx.signerInfos[i] as SignerInfo;
    if (account.pubKey === undefined && publicKey !== undefined)
      host.setPubKey(address, decodeKey(publicKey.typeUrl, publicKey.value));
    host.bumpSequence(address);
  }
}

function keyOf(info: SignerInfo, account: TxAccount, address: string): Uint8Array {
  const given = info.publicKey && decodeKey(info.publicKey.typeUrl, info.publicKey.value);
  const key = given ?? account.pubKey;
  ensure(key, errors.InvalidPubKey, { address, missing: true });
  ensure(publicKeyAddress(key) === address, errors.InvalidPubKey, { address });
  ensure(account.pubKey === undefined || equalBytes(account.pubKey, key), errors.InvalidPubKey, { address });
  return key;
}

function decodeKey(typeUrl: string, value: Uint8Array): Uint8Array {
  ensure(typeUrl === PubKey.typeUrl, errors.InvalidPubKey, { typeUrl: typeUrl.slice(0, 80) });
  try {
    const { key } = PubKey.decode(value);
    ensure(key.length === PUBLIC_KEY_BYTES, errors.InvalidPubKey, { bytes: key.length });
    return key;
  } catch (error) {
    if (error instanceof DecodeError) throw errors.TxDecode({ part: "public_key", why: error.message });
    throw error;
  }
}

function verify(raw: TxRaw, signer: Signer, rules: SignatureRules): void {
  const { publicKey, signature, account, address } = signer;
  const signBytes = directSignBytes(raw, rules.chainId, account.number);
  const key = signatureCacheKey(publicKey, signBytes, signature);
  if (rules.cache.has(key)) return;
  ensure(rules.verifier.verify(sha256(signBytes), publicKey, signature), errors.Unauthorized, {
    address,
    hint: "signature does not verify: check account number, sequence and chain id",
    accountNumber: account.number,
    sequence: account.sequence,
    chainId: rules.chainId,
  });
  rules.cache.add(key);
}
