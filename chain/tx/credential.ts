import { ensure } from "#chain/kernel/error.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { type AccountKey, keyOfAny, type MultisigRule, multisigRule } from "#chain/protocol/account-key.ts";
import { ETHEREUM_SIGNATURE_BYTES } from "#chain/protocol/eip191.ts";
import { type CompactBitArray, MultiSignature } from "#proto/gen/cosmos/crypto/multisig.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import type { ModeInfo, SignerInfo } from "#proto/gen/cosmos/tx.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import { errors } from "./errors.ts";

const { SIGN_MODE_DIRECT, SIGN_MODE_LEGACY_AMINO_JSON, SIGN_MODE_EIP_191, SIGN_MODE_UNSPECIFIED } = SignMode;

/** Bytes of a signature: r and s, 32 big-endian bytes each. */
const SIGNATURE_BYTES = 64;

/** How one signer of a transaction says that it is the one; its form is right, its signatures unchecked. */
export interface Credential {
  readonly sequence: bigint;
  readonly mode: SignMode;
  /** Unset when the account must have it. */
  readonly key: AccountKey | undefined;
  /** Compressed keys that signed, of a multisig; else empty: then it is `key` or the account's. */
  readonly members: readonly Uint8Array[];
  /** One for each member, or just one; empty only in a simulation. */
  readonly signatures: readonly Uint8Array[];
  /** How many signatures the signer gives, also when a simulation lacks them. */
  readonly signatureCount: number;
}

/** Decodes strictly, as a view of a transaction's bytes; throws the transaction's own error. */
export function strict<V>(codec: Codec<V>, bytes: Uint8Array, part: string): V {
  try {
    return codec.view(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw errors.TxDecode({ part, why: error.message.slice(0, 200) });
    throw error;
  }
}

/**
 * What a signer's information and signature say together; "simulate" lets mode and signature be empty.
 * Throws unless the mode is one for its key and everything has its one form: in every mode but DIRECT, which
 * signs its own bytes, the key must be given, and a multisig has exactly as many signatures as it needs.
 */
export function readCredential(
  info: SignerInfo,
  signature: Uint8Array,
  purpose: "execute" | "simulate",
): Credential {
  const key = info.publicKey && keyOfAny(info.publicKey);
  ensure(key || !info.publicKey, errors.InvalidPubKey, {
    typeUrl: info.publicKey?.typeUrl.slice(0, 80) ?? "",
  });
  const { sequence, modeInfo } = info;
  const rule = key && multisigRule(key);
  const mode = modeInfo?.single?.mode;
  const isUnset = purpose === "simulate" && mode === SIGN_MODE_UNSPECIFIED;
  if (isUnset) {
    const signatureCount = rule?.threshold ?? 1;
    return { sequence, mode, key, members: [], signatures: [], signatureCount };
  }
  if (modeInfo?.multi) return multisigCredential({ sequence, key }, rule, modeInfo.multi, signature);
  const isKnown =
    mode === SIGN_MODE_DIRECT || mode === SIGN_MODE_LEGACY_AMINO_JSON || mode === SIGN_MODE_EIP_191;
  ensure(isKnown && !rule, errors.NotSupported, { field: "mode_info" });
  ensure(key || mode === SIGN_MODE_DIRECT, errors.InvalidPubKey, { missing: true });
  const isText = mode === SIGN_MODE_EIP_191;
  ensure(!isText || key?.type === KeyType.KEY_TYPE_ETHEREUM, errors.InvalidPubKey, { mode: "EIP_191" });
  const length = isText ? ETHEREUM_SIGNATURE_BYTES : SIGNATURE_BYTES;
  const isAbsent = purpose === "simulate" && signature.length === 0;
  ensure(isAbsent || signature.length === length, errors.Unauthorized, { signatureBytes: signature.length });
  return { sequence, mode, key, members: [], signatures: isAbsent ? [] : [signature], signatureCount: 1 };
}

function multisigCredential(
  by: { readonly sequence: bigint; readonly key: AccountKey | undefined },
  rule: MultisigRule | undefined,
  {
    bitarray,
    modeInfos,
  }: { readonly bitarray?: CompactBitArray | undefined; readonly modeInfos: readonly ModeInfo[] },
  signature: Uint8Array,
): Credential {
  ensure(rule, errors.InvalidPubKey, { multisig: "its key is missing or of another kind" });
  const members = chosen(bitarray, rule.keys);
  const { signatures } = strict(MultiSignature, signature, "multisignature");
  const count = rule.threshold;
  const even = members.length === count && signatures.length === count && modeInfos.length === count;
  ensure(even, errors.Unauthorized, { needed: count, bits: members.length, signatures: signatures.length });
  for (const { single } of modeInfos)
    ensure(single?.mode === SIGN_MODE_LEGACY_AMINO_JSON, errors.NotSupported, { field: "multi.mode_infos" });
  for (const { length } of signatures)
    ensure(length === SIGNATURE_BYTES, errors.Unauthorized, { signatureBytes: length });
  return { ...by, mode: SIGN_MODE_LEGACY_AMINO_JSON, members, signatures, signatureCount: count };
}

/** The keys whose bits are set; fails unless the array has its one form: up to seven bits fill one byte. */
function chosen(bits: CompactBitArray | undefined, keys: readonly Uint8Array[]): Uint8Array[] {
  const [byte = 0] = bits?.elems ?? [];
  const unused = byte & (0xff >> keys.length);
  const isCanonical = bits?.elems.length === 1 && bits.extraBitsStored === keys.length && unused === 0;
  ensure(isCanonical, errors.TxDecode, { part: "bitarray" });
  return keys.filter((_, i) => (byte & (0x80 >> i)) !== 0);
}
