import { concat } from "#chain/bytes/concat.ts";
import { fromHex } from "#chain/bytes/hex.ts";
import { putWord } from "#chain/protocol/field.ts";

/** First four bytes of keccak256("registerVka(bytes32[])"). */
export const registerSelector = fromHex("dc8b4094");
/** First four bytes of keccak256("verifyProof(bytes,uint256[],bytes32[])"). */
export const verifySelector = fromHex("3409fc9f");

const word = (value: number): Uint8Array => {
  const out = new Uint8Array(32);
  putWord(out, 0, BigInt(value));
  return out;
};

/** Call data that registers a verification key's words with the reusable verifier. */
export const registerCall = (vka: Uint8Array): Uint8Array =>
  concat(registerSelector, word(32), word(vka.length >>> 5), vka);

/**
 * Call data that verifies a proof: Solidity ABI encoding without gaps, on which the contract relies, since
 * the key's words hold absolute offsets into it.
 * @param instances 32 big-endian bytes each
 * @param vka the key's words
 */
export function verifyCall(proof: Uint8Array, instances: Uint8Array, vka: Uint8Array): Uint8Array {
  const padding = new Uint8Array(-proof.length & 31);
  const proofEnd = 0x60 + 32 + proof.length + padding.length;
  const instancesEnd = proofEnd + 32 + instances.length;
  return concat(
    verifySelector,
    word(0x60),
    word(proofEnd),
    word(instancesEnd),
    word(proof.length),
    proof,
    padding,
    word(instances.length >>> 5),
    instances,
    word(vka.length >>> 5),
    vka,
  );
}
