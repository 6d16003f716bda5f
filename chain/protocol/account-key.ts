import { secp256k1 } from "@noble/curves/secp256k1.js";
import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { keccak256, sha256 } from "#chain/bytes/hash.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { LegacyAminoPubKey } from "#proto/gen/cosmos/crypto/multisig.ts";
import { PubKey as Secp256k1Key } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { PubKey as EthereumKey } from "#proto/gen/cosmos/evm/crypto/v1/ethsecp256k1.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import { ADDRESS_BYTES, publicKeyAddress, toAddress } from "./address.ts";

const { KEY_TYPE_SECP256K1, KEY_TYPE_ETHEREUM, KEY_TYPE_MULTISIG } = KeyType;

/** Bytes of a compressed secp256k1 key. */
const PUBLIC_KEY_BYTES = 33;
/** Most keys of a multisig. */
export const MULTISIG_KEYS_MAX = 7;

/** What an account signs with: its type, and 33 bytes or, of a multisig, its encoded LegacyAminoPubKey. */
export interface AccountKey {
  readonly type: KeyType;
  readonly bytes: Uint8Array;
}

/** `threshold` of these compressed keys sign. */
export interface MultisigRule {
  readonly threshold: number;
  readonly keys: readonly Uint8Array[];
}

const singleTypes: ReadonlyMap<string, readonly [KeyType, Codec<{ readonly key: Uint8Array }>]> = new Map([
  [Secp256k1Key.typeUrl, [KEY_TYPE_SECP256K1, Secp256k1Key]],
  [EthereumKey.typeUrl, [KEY_TYPE_ETHEREUM, EthereumKey]],
]);

/** The key that an `Any` of a transaction holds; undefined for another type, length or form of it. */
export function keyOfAny({ typeUrl, value }: Any): AccountKey | undefined {
  try {
    if (typeUrl === LegacyAminoPubKey.typeUrl) {
      const key = { type: KEY_TYPE_MULTISIG, bytes: value };
      return multisigRule(key) && key;
    }
    const [type, codec] = singleTypes.get(typeUrl) ?? [];
    const bytes = codec?.view(value).key;
    return type === undefined || bytes?.length !== PUBLIC_KEY_BYTES ? undefined : { type, bytes };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The key as wallets of the Cosmos world read it. */
export function anyOfKey({ type, bytes }: AccountKey): Any {
  if (type === KEY_TYPE_MULTISIG) return { typeUrl: LegacyAminoPubKey.typeUrl, value: bytes };
  const codec = type === KEY_TYPE_ETHEREUM ? EthereumKey : Secp256k1Key;
  return { typeUrl: codec.typeUrl, value: codec.encode({ key: bytes }) };
}

/**
 * The keys of a multisig in their order: one to seven different ones of plain secp256k1, none of them a
 * multisig itself. Undefined for anything else; throws DecodeError where the bytes are not canonical.
 */
export function multisigRule({ type, bytes }: AccountKey): MultisigRule | undefined {
  if (type !== KEY_TYPE_MULTISIG) return undefined;
  const { threshold, publicKeys } = LegacyAminoPubKey.decode(bytes);
  if (publicKeys.length > MULTISIG_KEYS_MAX || threshold < 1 || threshold > publicKeys.length)
    return undefined;
  const keys: Uint8Array[] = [];
  for (const { typeUrl, value } of publicKeys) {
    if (typeUrl !== Secp256k1Key.typeUrl) return undefined;
    const { key } = Secp256k1Key.decode(value);
    if (key.length !== PUBLIC_KEY_BYTES || keys.some((other) => equalBytes(other, key))) return undefined;
    keys.push(key);
  }
  return { threshold, keys };
}

/** Amino's encoding of a multisig key, which its address is a hash of (Tendermint's ADR-015 prefixes). */
function aminoMultisig({ threshold, keys }: MultisigRule): Uint8Array {
  const member = Uint8Array.of(0x12, 5 + PUBLIC_KEY_BYTES, 0xeb, 0x5a, 0xe9, 0x87, PUBLIC_KEY_BYTES);
  const head = Uint8Array.of(0x22, 0xc1, 0xf7, 0xe2, 0x08, threshold);
  return concat(head, ...keys.flatMap((key) => [member, key]));
}

/** The address of a key; undefined for a key that is no point of the curve where the address needs one. */
export function keyAddress(key: AccountKey): string | undefined {
  if (key.type === KEY_TYPE_SECP256K1) return publicKeyAddress(key.bytes);
  const rule = multisigRule(key);
  if (rule) return toAddress(sha256(aminoMultisig(rule)).subarray(0, ADDRESS_BYTES));
  return ethereumKeyAddress(key.bytes);
}

/** The bech32 text of the last 20 bytes of Keccak-256 over the uncompressed key without its first byte. */
function ethereumKeyAddress(compressed: Uint8Array): string | undefined {
  try {
    const point = secp256k1.Point.fromBytes(compressed).toBytes(false);
    return toAddress(keccak256(point.subarray(1)).subarray(-ADDRESS_BYTES));
  } catch {
    // noble throws on bytes that are no point.
    return undefined;
  }
}

/** Whether two keys are the same. */
export const sameKey = (a: AccountKey, b: AccountKey): boolean =>
  a.type === b.type && equalBytes(a.bytes, b.bytes);
