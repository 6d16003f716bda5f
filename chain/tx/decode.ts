import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ensure } from "#chain/kernel/error.ts";
import { TX_BYTES_MAX, TX_GAS_MAX, TX_MEMO_BYTES_MAX, TX_MESSAGES_MAX } from "#chain/limits.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { AnyTypes } from "#chain/protocol/amino.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, Fee, type SignerInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { type Credential, readCredential, strict } from "./credential.ts";
import { deadlineNs } from "./deadline.ts";
import { errors } from "./errors.ts";
import { ensureFeeCoins } from "./fees.ts";
import { ensureNestedAllowed } from "./nested.ts";

/** What a transaction needs to know of a message type; the kernel's `Message` is one. */
export interface MessageType {
  readonly request: Codec<unknown>;
  readonly handler: { signer(message: unknown): string; check?(message: unknown): void };
}

/** The messages a chain knows by type URL, and the types that an `Any` inside a message may have. */
export interface TxTypes<T extends MessageType> {
  message(typeUrl: string): T | undefined;
  readonly nestedAny: AnyTypes;
}

/** One message of a transaction. */
export interface TxMessage<T extends MessageType> {
  readonly type: T;
  readonly value: unknown;
  readonly signer: string;
}

/** A transaction whose form is right, whoever signed it. */
export interface DecodedTx<T extends MessageType> {
  /** SHA-256 of its bytes. */
  readonly hash: Uint8Array;
  readonly byteLength: number;
  readonly raw: TxRaw;
  readonly body: TxBody;
  readonly fee: Fee;
  readonly messages: readonly TxMessage<T>[];
  /** Addresses that must sign, each once: those of the messages in order, then the fee's payer. */
  readonly signers: readonly string[];
  /** One for each signer, in their order. */
  readonly credentials: readonly Credential[];
  readonly payer: string;
  readonly nestedAny: AnyTypes;
}

/**
 * "simulate" lets the fee, the sign mode and the signatures be empty, as clients send them to measure gas.
 */
export type TxPurpose = "execute" | "simulate";

/**
 * Reads a transaction and checks all of it that needs neither state nor signatures. Strict: every part has
 * exactly one encoding, unknown fields are refused, and each bound of chain/limits.ts has its own error.
 * Throws ChainError, also those of the messages' own checks.
 */
export function decodeTx<T extends MessageType>(
  bytes: Uint8Array,
  types: TxTypes<T>,
  purpose: TxPurpose = "execute",
): DecodedTx<T> {
  ensure(bytes.length <= TX_BYTES_MAX, errors.TxTooLarge, { bytes: bytes.length, most: TX_BYTES_MAX });
  const raw = strict(TxRaw, bytes, "tx");
  const body = strict(TxBody, raw.bodyBytes, "body");
  const authInfo = strict(AuthInfo, raw.authInfoBytes, "auth_info");
  checkBody(body);
  ensure(authInfo.tip === undefined, errors.NotSupported, { field: "tip" });
  const fee = checkFee(authInfo.fee, purpose);
  const credentials = readCredentials(authInfo.signerInfos, raw.signatures, purpose);
  if (body.unordered || body.timeoutTimestamp) checkModes(body, credentials);
  const messages = body.messages.map((any) => decodeMessage(any, types));
  const signers = [...new Set(messages.map(({ signer }) => signer))];
  const payer = fee.payer === "" ? (signers[0] as string) : fee.payer;
  if (!signers.includes(payer)) signers.push(payer);
  ensure(authInfo.signerInfos.length === signers.length, errors.Unauthorized, {
    signers: authInfo.signerInfos.length,
    needed: signers.length,
  });
  for (const { type, value } of messages) type.handler.check?.(value);
  const { nestedAny } = types;
  const [hash, byteLength] = [sha256(bytes), bytes.length];
  return { hash, byteLength, raw, body, fee, messages, signers, credentials, payer, nestedAny };
}

function checkBody(body: TxBody): void {
  const memoBytes = body.memo === "" ? 0 : utf8(body.memo).length;
  ensure(body.messages.length > 0, errors.NoMessages);
  ensure(body.messages.length <= TX_MESSAGES_MAX, errors.TooManyMessages, { most: TX_MESSAGES_MAX });
  ensure(memoBytes <= TX_MEMO_BYTES_MAX, errors.MemoTooLarge, { bytes: memoBytes, most: TX_MEMO_BYTES_MAX });
  ensure(body.extensionOptions.length === 0, errors.UnknownExtension);
  ensure(body.nonCriticalExtensionOptions.length === 0, errors.UnknownExtension);
  ensure(!body.unordered || body.timeoutTimestamp, errors.BadDeadline, { missing: "timeout_timestamp" });
  deadlineNs(body);
}

/** Amino's document has no place for either, so a signer of it would not have agreed to them. */
function checkModes({ unordered }: TxBody, credentials: readonly Credential[]): void {
  for (const { mode, sequence } of credentials) {
    ensure(mode !== SignMode.SIGN_MODE_LEGACY_AMINO_JSON, errors.NotSupported, {
      field: "timeout_timestamp",
    });
    ensure(!unordered || sequence === 0n, errors.BadDeadline, { sequence, expected: 0 });
  }
}

function checkFee(given: Fee | undefined, purpose: TxPurpose): Fee {
  const fee = given ?? Fee.zero();
  ensure(fee.payer === "" || parseAddress(fee.payer), errors.InvalidAddress, { field: "payer" });
  ensure(fee.granter === "" || parseAddress(fee.granter), errors.InvalidAddress, { field: "granter" });
  ensureFeeCoins(fee.amount);
  const least = purpose === "simulate" ? 0n : 1n;
  ensure(fee.gasLimit >= least && fee.gasLimit <= TX_GAS_MAX, errors.InvalidGasLimit, {
    gasLimit: fee.gasLimit,
    most: TX_GAS_MAX,
  });
  return fee;
}

function readCredentials(
  infos: readonly SignerInfo[],
  signatures: readonly Uint8Array[],
  purpose: TxPurpose,
): Credential[] {
  ensure(signatures.length > 0, errors.NoSignatures);
  // One signer a message, and the payer.
  ensure(signatures.length <= TX_MESSAGES_MAX + 1, errors.TooManySignatures, { most: TX_MESSAGES_MAX + 1 });
  ensure(infos.length === signatures.length, errors.Unauthorized, {
    signers: infos.length,
    signatures: signatures.length,
  });
  return infos.map((info, i) => readCredential(info, signatures[i] as Uint8Array, purpose));
}

function decodeMessage<T extends MessageType>(
  { typeUrl, value: bytes }: Any,
  types: TxTypes<T>,
): TxMessage<T> {
  const type = types.message(typeUrl);
  ensure(type, errors.UnknownMessage, { typeUrl: typeUrl.slice(0, 80) });
  const value = strict(type.request, bytes, typeUrl);
  ensureNestedAllowed(type.request, value, types.nestedAny);
  const signer = type.handler.signer(value);
  ensure(parseAddress(signer), errors.InvalidAddress, { signer: signer.slice(0, 80) });
  return { type, value, signer };
}
