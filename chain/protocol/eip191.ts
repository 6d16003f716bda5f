import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat } from "#chain/bytes/concat.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** Bytes of an EIP-191 signature: r ‖ s ‖ v. */
export const ETHEREUM_SIGNATURE_BYTES = 65;
/** Bytes of an Ethereum address. */
export const ETHEREUM_ADDRESS_BYTES = 20;

const V_BASE = 27;

/** Hash that a wallet signs for a text (EIP-191 version 0x45, "personal_sign"). */
export function personalHash(text: string): Uint8Array {
  const body = utf8(text);
  return keccak_256(concat(utf8(`\x19Ethereum Signed Message:\n${body.length}`), body));
}

/** Ethereum address of an uncompressed key (65 bytes, leading 4). */
const addressOfKey = (key: Uint8Array): Uint8Array => keccak_256(key.subarray(1)).subarray(12);

/** The 20 address bytes of a secret key. */
export const ethereumAddress = (secretKey: Uint8Array): Uint8Array =>
  addressOfKey(secp256k1.getPublicKey(secretKey, false));

/** Signs a text as a browser wallet does: 65 bytes r ‖ s ‖ v, low s, v 27 or 28. */
export function signPersonal(text: string, secretKey: Uint8Array): Uint8Array {
  const recovered = secp256k1.sign(personalHash(text), secretKey, { prehash: false, format: "recovered" });
  return concat(recovered.subarray(1), Uint8Array.of((recovered[0] as number) + V_BASE));
}

/** Address that signed the text, or undefined for anything but a well-formed low-s signature. */
export function recoverPersonal(text: string, signature: Uint8Array): Uint8Array | undefined {
  const point = recoverPoint(text, signature);
  return point && addressOfKey(point.toBytes(false));
}

/** Compressed key that signed the text, 33 bytes; undefined as `recoverPersonal` is. */
export const recoverPersonalKey = (text: string, signature: Uint8Array): Uint8Array | undefined =>
  recoverPoint(text, signature)?.toBytes(true);

type Point = ReturnType<typeof secp256k1.Point.fromBytes>;

function recoverPoint(text: string, signature: Uint8Array): Point | undefined {
  if (signature.length !== ETHEREUM_SIGNATURE_BYTES) return undefined;
  const recovery = (signature[64] as number) - V_BASE;
  if (recovery !== 0 && recovery !== 1) return undefined;
  try {
    const parsed = secp256k1.Signature.fromBytes(
      concat(Uint8Array.of(recovery), signature.subarray(0, 64)),
      "recovered",
    );
    if (parsed.hasHighS()) return undefined;
    return parsed.recoverPublicKey(personalHash(text));
  } catch {
    // noble throws on values outside the curve's order: to us just another bad signature.
    return undefined;
  }
}

/** What a member's Ethereum account signs to stand behind an entry of a game's community. */
export const bindingStatement = (
  chainId: string,
  gameId: string,
  address: string,
  ethereum: Uint8Array,
): string =>
  [
    "Iterum: I act in this community's game with this account.",
    `Chain: ${chainId}`,
    `Game: ${gameId}`,
    `Account: ${address}`,
    `Ethereum: 0x${toHex(ethereum)}`,
  ].join("\n");
