import { toHex } from "#chain/bytes/hex.ts";
import { feltOf, words } from "#chain/protocol/field.ts";
import { poseidon } from "#chain/protocol/poseidon.ts";
import { QuantizeError, quantizeFloat32 } from "#chain/protocol/quantize.ts";
import { ensure, ProverError } from "./errors.ts";
import { type OnnxModel, weightBits } from "./onnx.ts";

/** A field element as EZKL writes it (32 bytes, little-endian, hexadecimal) as an integer. */
export const feltFromHex = (hex: string): bigint =>
  BigInt(`0x${Buffer.from(hex, "hex").reverse().toString("hex")}`);

/**
 * Poseidon hash of a model's weights, quantised, in the file's order: 32 big-endian bytes. This is the first
 * public value of its proofs. Throws ProverError zero_weight (an exact zero changes the circuit) or
 * invalid_onnx (a weight that is not finite, or too wide).
 */
export function paramsPoseidon(model: OnnxModel, paramScale: number): Uint8Array {
  const felts: bigint[] = [];
  for (const bits of weightBits(model)) {
    ensure((bits & 0x7fffffff) !== 0, "zero_weight", `weight ${felts.length} is exactly zero: write 1e-6`);
    try {
      felts.push(feltOf(quantizeFloat32(bits, paramScale)));
    } catch (error) {
      if (!(error instanceof QuantizeError)) throw error;
      throw new ProverError("invalid_onnx", `weight ${felts.length}: ${error.message}`, { cause: error });
    }
  }
  return words([poseidon(felts)]);
}

/**
 * Checks the circuit's own hash of a model's weights against ours and gives it, 32 big-endian bytes. Throws
 * ProverError settings_mismatch when they differ: weights in another order, or at another scale.
 */
export function checkParamsHash(model: OnnxModel, paramScale: number, shown: readonly string[]): Uint8Array {
  const ours = paramsPoseidon(model, paramScale);
  const [theirs, ...more] = shown.map((hex) => words([feltFromHex(hex)]));
  const equal = theirs !== undefined && more.length === 0 && toHex(theirs) === toHex(ours);
  ensure(equal, "settings_mismatch", "the circuit hashes the weights differently");
  return ours;
}
