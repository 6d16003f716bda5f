import { ripemd160 } from "@noble/hashes/legacy.js";
import { bech32 } from "@scure/base";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** Human-readable part of every account address. */
export const ADDRESS_PREFIX = "iterum";
/** Prefix and separator. */
const ADDRESS_START = `${ADDRESS_PREFIX}1`;
/** Bytes of an account address. */
export const ADDRESS_BYTES = 20;

/** The bech32 text of 20 address bytes. */
export function toAddress(bytes: Uint8Array): string {
  if (bytes.length !== ADDRESS_BYTES) throw new RangeError(`an address has ${ADDRESS_BYTES} bytes`);
  return bech32.encode(ADDRESS_PREFIX, bech32.toWords(bytes));
}

/**
 * The 20 bytes of an address, or undefined unless it is the canonical lower-case bech32 of this chain's
 * prefix.
 */
export function parseAddress(address: string): Uint8Array | undefined {
  // bech32 also takes texts in capitals, but none in both cases. 20 bytes fill their 32 characters without
  // a bit to spare, so whatever decodes is what `toAddress` would write.
  if (!address.startsWith(ADDRESS_START)) return undefined;
  const decoded = bech32.decodeUnsafe(address);
  if (decoded?.prefix !== ADDRESS_PREFIX) return undefined;
  const bytes = bech32.fromWordsUnsafe(decoded.words);
  return bytes && bytes.length === ADDRESS_BYTES ? bytes : undefined;
}

/** The 20 bytes of a valid address; throws on any other text. */
export function addressBytes(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new RangeError(`not an address of this chain: ${address.slice(0, 80)}`);
  return bytes;
}

/** Address of a compressed secp256k1 key: RIPEMD-160 of its SHA-256, as in Bitcoin and Cosmos. */
export const publicKeyAddress = (publicKey: Uint8Array): string => toAddress(ripemd160(sha256(publicKey)));

/**
 * Address of a module's account: the first 20 bytes of SHA-256 of its name, as in Cosmos SDK. No key signs
 * for it.
 */
export const moduleAddress = (name: string): string =>
  toAddress(sha256(utf8(name)).subarray(0, ADDRESS_BYTES));

/** Key of an account in a table: its 20 bytes, so that tables run in address order. */
export const addressKey = {
  write: (address: string): Uint8Array => addressBytes(address),
  read: (bytes: Uint8Array, at: number): readonly [string, number] => [
    toAddress(bytes.subarray(at, at + ADDRESS_BYTES)),
    at + ADDRESS_BYTES,
  ],
};
