import { keccak_256 } from "@noble/hashes/sha3.js";
import { baseModulus, wordAt, words } from "./field.ts";

/** The facts that a verification key states in its header; layout of EZKL 23's reusable verifier. */
export interface VkaHeader {
  /** Number of 32-byte words. */
  readonly wordCount: number;
  readonly instanceCount: number;
  /** Length of every proof under this key, bytes. */
  readonly proofLength: number;
  /** log₂ of the number of rows. */
  readonly logrows: number;
  /** s·G2 of the structured reference string: x.c1, x.c0, y.c1, y.c0, 32 big-endian bytes each. */
  readonly srsG2: Uint8Array;
}

/** A verification key that is not one: wrong length, generators, or sizes out of bounds. */
export class VkaError extends Error {
  override readonly name = "VkaError";
}

/** Longest verification key read, bytes: five times that of the largest template measured. */
const vkaLengthMax = 32_768;

const headerWords = 34;
// The words' places, as the contract reads them from memory (0xa0 + 32·index).
const at = {
  instances: 2,
  evaluations: 3,
  logrows: 5,
  hasAccumulator: 10,
  g1: 14,
  g2: 16,
  negativeSG2: 20,
  phases: 33,
} as const;

/** Generators of G1 and G2 (x.c1, x.c0, y.c1, y.c0), as EIP-197 writes them. */
const generators = words([
  1n,
  2n,
  11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  8495653923123431417604973247489272438418190587263600148770280649306958101930n,
]);

/**
 * The words of a verification key file: eight bytes with their count (little-endian), then 32 bytes each.
 * Throws VkaError on any other length.
 */
export function vkaWords(vka: Uint8Array): Uint8Array {
  if (vka.length > vkaLengthMax || vka.length < 8 + 32 * headerWords || vka.length % 32 !== 8)
    throw new VkaError(`verification key of ${vka.length} bytes`);
  const count = new DataView(vka.buffer, vka.byteOffset, 8).getBigUint64(0, true);
  if (count * 32n !== BigInt(vka.length - 8))
    throw new VkaError("verification key's count is not its length");
  return vka.subarray(8);
}

/** Keccak-256 of the key's words, 32 bytes: the digest under which the verifier contract knows it. */
export const vkaDigest = (vka: Uint8Array): Uint8Array => keccak_256(vkaWords(vka));

/** Bytes of points read before the evaluations: one 16-bit length and one 8-bit challenge count a phase. */
function pointBytes(phases: bigint): number {
  if ((phases & 0xffn) !== 1n) throw new VkaError("verification key's phases take more than one word");
  let bytes = 0;
  for (let rest = phases >> 8n; rest !== 0n; rest >>= 24n) bytes += Number(rest & 0xffffn);
  return bytes;
}

function small(data: Uint8Array, index: number, max: number, name: string): number {
  const value = wordAt(data, 32 * index);
  if (value > BigInt(max)) throw new VkaError(`verification key's ${name} is out of bounds`);
  return Number(value);
}

/**
 * Reads a verification key's header and checks what does not depend on the circuit: length, generators of
 * G1 and G2, no accumulator, sizes within bounds. Throws VkaError.
 */
export function readVka(vka: Uint8Array): VkaHeader {
  const data = vkaWords(vka);
  const evaluations = small(data, at.evaluations, 1024, "number of evaluations");
  if (small(data, at.hasAccumulator, 1, "accumulator flag") !== 0)
    throw new VkaError("verification key expects an accumulator");
  const placed = data.subarray(32 * at.g1, 32 * (at.g2 + 4));
  if (placed.some((byte, i) => byte !== generators[i])) throw new VkaError("generators are not BN254's");
  const sG2 = [0, 1, 2, 3].map((i) => wordAt(data, 32 * (at.negativeSG2 + i)));
  if (sG2.some((coordinate) => coordinate >= baseModulus)) throw new VkaError("s·G2 is not in the field");
  const [x1, x0, y1, y0] = sG2 as [bigint, bigint, bigint, bigint];
  const negate = (value: bigint) => (value === 0n ? 0n : baseModulus - value);
  return {
    wordCount: data.length >>> 5,
    instanceCount: small(data, at.instances, 16_384, "number of instances"),
    proofLength: pointBytes(wordAt(data, 32 * at.phases)) + 32 * evaluations + 128,
    logrows: small(data, at.logrows, 28, "number of rows"),
    srsG2: words([x1, x0, negate(y1), negate(y0)]),
  };
}
