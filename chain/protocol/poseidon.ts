import { feltModulus, isFelt } from "./field.ts";

const stateWidth = 2;
const fullRounds = 8;
const partialRounds = 56;
const fieldBits = 254;
const taps = [62, 51, 38, 23, 13, 0];
const rounds = fullRounds + partialRounds;

/** A value that is not a field element was given to the hash. */
export class PoseidonError extends Error {
  override readonly name = "PoseidonError";
}

/**
 * The Grain LFSR in self-shrinking mode from which Poseidon's constants are drawn, so that nobody chose them:
 * yields bits, from the seed that describes the instance (Grassi et al. 2021, appendix E).
 */
function* grainBits(): Generator<number, never> {
  const state: number[] = [];
  const push = (value: number, width: number): void => {
    for (let i = width - 1; i >= 0; i--) state.push((value >>> i) & 1);
  };
  push(1, 2); // a prime field
  push(0, 4); // the S-box x^alpha
  push(fieldBits, 12);
  push(stateWidth, 12);
  push(fullRounds, 10);
  push(partialRounds, 10);
  push(0x3fffffff, 30);
  const next = (): number => {
    let bit = 0;
    for (const tap of taps) bit ^= state[tap] as number;
    state.shift();
    state.push(bit);
    return bit;
  };
  for (let i = 0; i < 160; i++) next();
  for (;;) {
    const keep = next();
    const bit = next();
    if (keep === 1) yield bit;
  }
}

function drawInteger(bits: Generator<number, never>): bigint {
  let value = 0n;
  for (let i = 0; i < fieldBits; i++) value = (value << 1n) | BigInt(bits.next().value);
  return value;
}

function invert(value: bigint): bigint {
  let result = 1n;
  let base = value % feltModulus;
  for (let exponent = feltModulus - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % feltModulus;
    base = (base * base) % feltModulus;
  }
  return result;
}

/** Round constants (rejected when ≥ r, as they must be uniform) and the Cauchy matrix 1/(x_i + y_j). */
function drawConstants(): { round: readonly bigint[]; matrix: readonly bigint[] } {
  const bits = grainBits();
  const round: bigint[] = [];
  while (round.length < rounds * stateWidth) {
    const value = drawInteger(bits);
    if (value < feltModulus) round.push(value);
  }
  const xs = [drawInteger(bits), drawInteger(bits)];
  const ys = [drawInteger(bits), drawInteger(bits)];
  const matrix: bigint[] = [];
  for (const x of xs) for (const y of ys) matrix.push(invert(x + y));
  return { round, matrix };
}

const constants = drawConstants();
const [m00, m01, m10, m11] = constants.matrix as readonly [bigint, bigint, bigint, bigint];

function power5(value: bigint): bigint {
  const square = (value * value) % feltModulus;
  return (((square * square) % feltModulus) * value) % feltModulus;
}

function permute(first: bigint, second: bigint): readonly [bigint, bigint] {
  let a = first;
  let b = second;
  for (let r = 0; r < rounds; r++) {
    a = power5((a + (constants.round[2 * r] as bigint)) % feltModulus);
    b = (b + (constants.round[2 * r + 1] as bigint)) % feltModulus;
    if (r < fullRounds >> 1 || r >= rounds - (fullRounds >> 1)) b = power5(b);
    const mixed = (m00 * a + m01 * b) % feltModulus;
    b = (m10 * a + m11 * b) % feltModulus;
    a = mixed;
  }
  return [a, b];
}

/**
 * EZKL's Poseidon over BN254's scalar field: a sponge of width 2 and rate 1, x⁵, 8 full and 56 partial
 * rounds, capacity 2⁶⁴, one permutation per element, no padding, so it is a hash only among messages
 * of one length. Gives one field element; throws PoseidonError on an element outside 0…r−1. About 0.2 ms an
 * element.
 */
export function poseidon(message: readonly bigint[]): bigint {
  let state: readonly [bigint, bigint] = [0n, 1n << 64n];
  for (const element of message) {
    if (!isFelt(element)) throw new PoseidonError("not a field element");
    state = permute((state[0] + element) % feltModulus, state[1]);
  }
  return state[0];
}
