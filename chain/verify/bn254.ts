import { EVMError } from "@ethereumjs/evm";
import mcl from "mcl-wasm";
import { compareBytes } from "#chain/bytes/compare.ts";
import { baseModulus, words } from "#chain/protocol/field.ts";

/** The EVM's precompiled contracts 6, 7 and 8 (EIP-196, EIP-197), bytes in and out. */
export interface Bn254 {
  /** Sum of two G1 points: 128 bytes in, 64 out. Throws EVMError on a point that is none. */
  add(input: Uint8Array): Uint8Array;
  /** Product of a G1 point and a scalar: 96 bytes in, 64 out. Throws EVMError on a point that is none. */
  mul(input: Uint8Array): Uint8Array;
  /** Whether the product of the pairings of (G1, G2) pairs of 192 bytes is one: a 32-byte 1 or 0. */
  pairing(input: Uint8Array): Uint8Array;
}

/** A backend that remembers what went wrong inside it, as against in its input. */
export interface MclBn254 extends Bn254 {
  /** The first exception that no input explains; the EVM would take it for a refused point. */
  fault(): unknown;
}

const baseModulusBytes = words([baseModulus]);
const wordLength = 32;
const g1Length = 64;
const pairLength = 192;

const refuse = (): never => {
  throw new EVMError(EVMError.errorMessages.BN254_FP_NOT_IN_FIELD);
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const padded = (input: Uint8Array, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  out.set(input.subarray(0, length));
  return out;
};

function coordinate(bytes: Uint8Array, index: number): mcl.Fp {
  const part = bytes.subarray(wordLength * index, wordLength * (index + 1));
  if (compareBytes(part, baseModulusBytes) >= 0) refuse();
  const value = new mcl.Fp();
  value.setBigEndianMod(part);
  return value;
}

function readG1(bytes: Uint8Array): mcl.G1 {
  const point = new mcl.G1();
  if (isZero(bytes)) return point;
  const one = new mcl.Fp();
  one.setInt(1);
  point.setX(coordinate(bytes, 0));
  point.setY(coordinate(bytes, 1));
  point.setZ(one);
  return point.isValid() ? point : refuse();
}

/** G2 has points outside the subgroup of order r: its order is checked besides the curve equation. */
function readG2(bytes: Uint8Array): mcl.G2 {
  const point = new mcl.G2();
  if (isZero(bytes)) return point;
  const pair = (imaginary: number, real: number): mcl.Fp2 => {
    const value = new mcl.Fp2();
    value.set_a(coordinate(bytes, real));
    value.set_b(coordinate(bytes, imaginary));
    return value;
  };
  const one = new mcl.Fp2();
  one.setInt(1, 0);
  point.setX(pair(0, 1));
  point.setY(pair(2, 3));
  point.setZ(one);
  return point.isValid() && point.isValidOrder() ? point : refuse();
}

function writeG1(point: mcl.G1): Uint8Array {
  const out = new Uint8Array(g1Length);
  if (point.isZero()) return out;
  point.normalize();
  out.set(point.getX().serialize().reverse(), 0);
  out.set(point.getY().serialize().reverse(), wordLength);
  return out;
}

function add(input: Uint8Array): Uint8Array {
  const bytes = padded(input, 2 * g1Length);
  return writeG1(mcl.add(readG1(bytes.subarray(0, g1Length)), readG1(bytes.subarray(g1Length))));
}

function mul(input: Uint8Array): Uint8Array {
  const bytes = padded(input, g1Length + wordLength);
  const scalar = new mcl.Fr();
  scalar.setBigEndianMod(bytes.subarray(g1Length));
  return writeG1(mcl.mul(readG1(bytes.subarray(0, g1Length)), scalar));
}

function pairing(input: Uint8Array): Uint8Array {
  const product = new mcl.GT();
  product.setInt(1);
  let loops = product;
  for (let at = 0; at < input.length; at += pairLength) {
    const g1 = readG1(input.subarray(at, at + g1Length));
    const g2 = readG2(input.subarray(at + g1Length, at + pairLength));
    if (!g1.isZero() && !g2.isZero()) loops = mcl.mul(loops, mcl.millerLoop(g1, g2));
  }
  const out = new Uint8Array(wordLength);
  if (mcl.finalExp(loops).isOne()) out[wordLength - 1] = 1;
  return out;
}

/** BN254 arithmetic over mcl-wasm, three to four times as fast as the EVM package's own. */
export async function createMclBn254(): Promise<MclBn254> {
  await mcl.init(mcl.BN_SNARK1);
  let fault: unknown;
  const guarded = (operation: (input: Uint8Array) => Uint8Array) => (input: Uint8Array) => {
    try {
      return operation(input);
    } catch (error) {
      if (!(error instanceof EVMError)) fault ??= error;
      throw error;
    }
  };
  return { add: guarded(add), mul: guarded(mul), pairing: guarded(pairing), fault: () => fault };
}
