import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** Lower-case hexadecimal of the bytes, without a prefix. */
export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes);

/** The bytes of a hexadecimal string without a prefix; throws on an odd length or another character. */
export const fromHex = (text: string): Uint8Array => hexToBytes(text);
