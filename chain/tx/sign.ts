import { keccak256, sha256 } from "#chain/bytes/hash.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type AccountKey, keyAddress, sameKey } from "#chain/protocol/account-key.ts";
import { personalHash } from "#chain/protocol/eip191.ts";
import { aminoSignBytes, directSignBytes, type SignContent, signText } from "#chain/protocol/sign-doc.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import type { Credential } from "./credential.ts";
import { deadlineNs } from "./deadline.ts";
import type { DecodedTx, MessageType } from "./decode.ts";
import { errors, wrongSequence } from "./errors.ts";
import type { TxAccount, TxHost } from "./host.ts";
import type { SignatureCache, SignatureJob } from "./signature-cache.ts";
import type { SignatureVerifier } from "./verifier.ts";

type Tx = DecodedTx<MessageType>;

/** What the signatures of a transaction are checked with. */
export interface SignatureRules {
  readonly chainId: string;
  readonly host: TxHost;
  readonly verifier: SignatureVerifier;
  /** Of this process; it changes no verdict. */
  readonly cache: SignatureCache;
}

interface Signer {
  readonly index: number;
  readonly address: string;
  readonly account: TxAccount;
  readonly key: AccountKey;
  readonly credential: Credential;
}

/** The signers with their accounts and keys; fails unless each is at its turn. */
function signersOf(tx: Tx, host: TxHost): Signer[] {
  const deadline = tx.body.unordered ? deadlineNs(tx.body) : undefined;
  return tx.signers.map((address, i) => {
    const account = host.account(address);
    const credential = tx.credentials[i] as Credential;
    ensure(account, errors.UnknownAddress, { address });
    if (deadline !== undefined) ensure(!host.hasRun(address, deadline), errors.AlreadyExecuted, { address });
    else if (credential.sequence !== account.sequence)
      throw wrongSequence(account.sequence, credential.sequence);
    return { index: i, address, account, credential, key: keyOf(credential, account, address) };
  });
}

/**
 * All that the verdict on a signer follows from: the chain, the transaction's bytes, which of its signers it
 * is, and the account's number and key. So a verdict is looked up without making again what was signed.
 */
function verdictKey(tx: Tx, { index, account, key }: Signer, chainId: string): string {
  const known = `${account.number}/${index}/${key.type}/${chainId}/`;
  return known + toKey(tx.hash) + toKey(key.bytes);
}

/** The key that the account has or, the first time, the one given, whose address must be the account's. */
function keyOf({ key: given }: Credential, { key: known }: TxAccount, address: string): AccountKey {
  const key = known ?? given;
  ensure(key, errors.InvalidPubKey, { address, missing: true });
  if (known) ensure(!given || sameKey(known, given), errors.InvalidPubKey, { address });
  else ensure(keyAddress(key) === address, errors.InvalidPubKey, { address });
  return key;
}

/** What the signer's signatures are over: 32 bytes. */
function digestOf(tx: Tx, { account, address, credential, key }: Signer, chainId: string): Uint8Array {
  const { mode, sequence } = credential;
  const hash = key.type === KeyType.KEY_TYPE_ETHEREUM ? keccak256 : sha256;
  if (mode === SignMode.SIGN_MODE_DIRECT) return hash(directSignBytes(tx.raw, chainId, account.number));
  const { body, fee, nestedAny: anyTypes } = tx;
  const messages = tx.messages.map(({ type, value }) => ({ codec: type.request, value }));
  const content: SignContent = {
    ...{ chainId, address, accountNumber: account.number, sequence },
    ...{ body, fee, messages, anyTypes },
  };
  return mode === SignMode.SIGN_MODE_EIP_191
    ? personalHash(signText(content))
    : hash(aminoSignBytes(content));
}

function jobsOf(tx: Tx, signer: Signer, chainId: string): SignatureJob[] {
  const { signatures, members } = signer.credential;
  const digest = digestOf(tx, signer, chainId);
  return signatures.map((signature, i) => ({ digest, publicKey: members[i] ?? signer.key.bytes, signature }));
}

/** What must be verified for the verdict of that key. */
export interface UnknownSigner {
  readonly key: string;
  readonly jobs: readonly SignatureJob[];
}

/**
 * The signers of a transaction on whom no verdict is known, to be verified before it runs. Throws where the
 * accounts already refuse it but for a sequence out of turn, since others may come before it.
 */
export function unknownSigners(
  tx: Tx,
  {
    chainId,
    host,
    cache,
  }: Pick<SignatureRules, "chainId" | "cache"> & { readonly host: Pick<TxHost, "account"> },
): UnknownSigner[] {
  return tx.signers.flatMap((address, index) => {
    const account = host.account(address);
    const credential = tx.credentials[index] as Credential;
    ensure(account, errors.UnknownAddress, { address });
    const signer = { index, address, account, credential, key: keyOf(credential, account, address) };
    const key = verdictKey(tx, signer, chainId);
    return cache.verdict(key) === undefined ? [{ key, jobs: jobsOf(tx, signer, chainId) }] : [];
  });
}

/**
 * Fails unless every signer of the transaction has an account, is at its turn and has signed, with the key
 * that gives its address, for this chain and its account number. What costs least is checked first, for all
 * signers.
 */
export function authenticate(tx: Tx, rules: SignatureRules): void {
  for (const signer of signersOf(tx, rules.host)) {
    const { account, address } = signer;
    ensure(hasSigned(tx, signer, rules), errors.Unauthorized, {
      address,
      hint: "signature does not verify: check account number, sequence and chain id",
      accountNumber: account.number,
      sequence: account.sequence,
      chainId: rules.chainId,
    });
  }
}

function hasSigned(tx: Tx, signer: Signer, { verifier, cache, chainId }: SignatureRules): boolean {
  const key = verdictKey(tx, signer, chainId);
  const known = cache.verdict(key);
  if (known !== undefined) return known;
  const jobs = jobsOf(tx, signer, chainId);
  const valid =
    jobs.length > 0 &&
    jobs.every(({ digest, publicKey, signature }) => verifier.verify(digest, publicKey, signature));
  cache.add(key, valid);
  return valid;
}

/**
 * Takes the turn of every signer, or notes that its unordered transaction ran, and remembers the keys of
 * first-time signers. Kept when a message fails.
 */
export function acceptSigners(tx: Tx, host: TxHost): void {
  const deadline = tx.body.unordered ? deadlineNs(tx.body) : undefined;
  for (const [i, address] of tx.signers.entries()) {
    const account = host.account(address);
    ensure(account, errors.UnknownAddress, { address });
    const { key } = tx.credentials[i] as Credential;
    if (account.key === undefined && key !== undefined) host.setKey(address, key);
    if (deadline === undefined) host.bumpSequence(address);
    else host.markRun(address, deadline);
  }
}
