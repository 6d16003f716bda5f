import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat } from "#chain/bytes/concat.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { CeramicError, ensure } from "./error.ts";

/** Lower-case 0x address of a secp256k1 private key of 32 bytes. */
export const ethereumAddress = (privateKey: Uint8Array): string =>
  addressOfPoint(secp256k1.getPublicKey(privateKey, false));

/** Signature r ‖ s ‖ v (v = 27 or 28) over a text, as `personal_sign` makes it (EIP-191, 0x45), in 0x hex. */
export function signText(text: string, privateKey: Uint8Array): string {
  const recovered = secp256k1.sign(digest(text), privateKey, { prehash: false, format: "recovered" });
  const v = (recovered[0] as number) + 27;
  return `0x${toHex(recovered.subarray(1))}${toHex(Uint8Array.of(v))}`;
}

/** The lower-case 0x address whose key signed the text; throws CeramicError on a signature that has none. */
export function recoverAddress(text: string, signature: string): string {
  ensure(/^0x[0-9a-fA-F]{130}$/.test(signature), "badCapability", "not a 65-byte signature");
  const bytes = fromHex(signature.slice(2));
  const v = bytes[64] as number;
  const recovery = v >= 27 ? v - 27 : v;
  ensure(recovery === 0 || recovery === 1, "badCapability", "recovery id must be 27, 28, 0 or 1");
  try {
    const recovered = concat(Uint8Array.of(recovery), bytes.subarray(0, 64));
    const compressed = secp256k1.recoverPublicKey(recovered, digest(text), { prehash: false });
    return addressOfPoint(secp256k1.Point.fromBytes(compressed).toBytes(false));
  } catch {
    throw new CeramicError("badCapability", "the signature recovers no key");
  }
}

/** The address in the mixed case of EIP-55, which wallets print in the texts they sign. */
export function checksumAddress(address: string): string {
  const digits = address.slice(2);
  const hash = toHex(keccak_256(utf8(digits)));
  const cased = [...digits].map((digit, i) => ((hash[i] as string) >= "8" ? digit.toUpperCase() : digit));
  return `0x${cased.join("")}`;
}

const addressOfPoint = (uncompressed: Uint8Array): string =>
  `0x${toHex(keccak_256(uncompressed.subarray(1)).subarray(12))}`;

function digest(text: string): Uint8Array {
  const bytes = utf8(text);
  return keccak_256(concat(utf8(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes));
}
