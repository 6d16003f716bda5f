import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "#chain/bytes/hash.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import { remembered } from "#chain/bytes/remembered.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** Human-readable part of every account address. */
export const ADDRESS_PREFIX = "iterum";
/** Prefix and separator. */
const ADDRESS_START = `${ADDRESS_PREFIX}1`;
/** Addresses of which bytes and keys are remembered: some 10 MB. */
const REMEMBERED_MAX = 32_768;
/** Bytes of an account address. */
export const ADDRESS_BYTES = 20;
/** Characters of 5 bits each: 20 bytes fill 32 of them without a bit to spare. */
const DATA_CHARACTERS = 32;
const CHECKSUM_CHARACTERS = 6;
const ADDRESS_CHARACTERS = ADDRESS_START.length + DATA_CHARACTERS + CHECKSUM_CHARACTERS;

// Bech32 of BIP-173, written out for this one prefix and length: a send reads and writes two dozen addresses.
const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/** Value of each ASCII character; 255 for those outside the alphabet. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = ALPHABET.indexOf(String.fromCharCode(code));
  return value < 0 ? 255 : value;
});
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
/** What each value of the five highest bits of the checksum adds to it. */
const FEEDBACK = Int32Array.from({ length: 32 }, (_, top) =>
  GENERATOR.reduce((sum, term, bit) => (((top >> bit) & 1) === 1 ? sum ^ term : sum), 0),
);

/** The checksum (30 bits) after one more character. */
const step = (checksum: number, value: number): number =>
  ((checksum & 0x1ffffff) << 5) ^ value ^ (FEEDBACK[checksum >>> 25] as number);

/** The checksum after the prefix, which is the same for all addresses. */
const PREFIX_CHECKSUM = [
  ...[...utf8(ADDRESS_PREFIX)].map((code) => code >> 5),
  0,
  ...[...utf8(ADDRESS_PREFIX)].map((code) => code & 31),
].reduce(step, 1);

/** The bech32 text of 20 address bytes. */
export function toAddress(bytes: Uint8Array): string {
  if (bytes.length !== ADDRESS_BYTES) throw new RangeError(`an address has ${ADDRESS_BYTES} bytes`);
  let text = ADDRESS_START;
  let checksum = PREFIX_CHECKSUM;
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; ) {
      bits -= 5;
      const value = (held >> bits) & 31;
      checksum = step(checksum, value);
      text += ALPHABET[value] as string;
    }
  }
  for (let i = 0; i < CHECKSUM_CHARACTERS; i++) checksum = step(checksum, 0);
  checksum ^= 1;
  for (let shift = 25; shift >= 0; shift -= 5) text += ALPHABET[(checksum >> shift) & 31] as string;
  return text;
}

/**
 * The 20 bytes of an address, or undefined unless it is the canonical lower-case bech32 of this chain's
 * prefix.
 */
export const parseAddress = (address: string): Uint8Array | undefined =>
  // The array is shared by all who ask: nobody changes one.
  parsed(address) ?? undefined;

const parsed = remembered<string, Uint8Array | null>(
  REMEMBERED_MAX,
  (address) => address,
  (address) => read(address) ?? null,
);

function read(address: string): Uint8Array | undefined {
  if (address.length !== ADDRESS_CHARACTERS || !address.startsWith(ADDRESS_START)) return undefined;
  const bytes = new Uint8Array(ADDRESS_BYTES);
  let checksum = PREFIX_CHECKSUM;
  let held = 0;
  let bits = 0;
  let count = 0;
  for (let at = ADDRESS_START.length; at < ADDRESS_CHARACTERS; at++) {
    const value = VALUES[address.charCodeAt(at)] ?? 255;
    if (value === 255) return undefined;
    checksum = step(checksum, value);
    if (count === ADDRESS_BYTES) continue;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[count++] = held >> bits;
  }
  return checksum === 1 ? bytes : undefined;
}

/** The 20 bytes of a valid address; throws on any other text. */
export function addressBytes(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (!bytes) throw new RangeError(`not an address of this chain: ${address.slice(0, 80)}`);
  return bytes;
}

/** Address of a compressed secp256k1 key: RIPEMD-160 of its SHA-256, as in Bitcoin and Cosmos. */
export const publicKeyAddress = remembered<Uint8Array, string>(REMEMBERED_MAX, toKey, (publicKey) =>
  toAddress(ripemd160(sha256(publicKey))),
);

/**
 * Address of a module's account: the first 20 bytes of SHA-256 of its name, as in Cosmos SDK. No key signs
 * for it.
 */
export const moduleAddress = (name: string): string =>
  toAddress(sha256(utf8(name)).subarray(0, ADDRESS_BYTES));

const addressOf = remembered<Uint8Array, string>(REMEMBERED_MAX, toKey, toAddress);

/** Key of an account in a table: its 20 bytes, so that tables run in address order. */
export const addressKey = {
  name: (address: string): string => address,
  write: (address: string): Uint8Array => addressBytes(address),
  read: (bytes: Uint8Array, at: number): readonly [string, number] => [
    addressOf(bytes.subarray(at, at + ADDRESS_BYTES)),
    at + ADDRESS_BYTES,
  ],
};
