import { FIELD_ORDER } from "./quantize.ts";

const STATE_WIDTH = 2;
const FULL_ROUNDS = 8;
const PARTIAL_ROUNDS = 56;
const FIELD_BITS = 254;
const ROUNDS = FULL_ROUNDS + PARTIAL_ROUNDS;

/** A value that is not a field element was given to the hash. */
export class PoseidonError extends Error {
  override name = "PoseidonError";
}

/**
 * The Grain LFSR in self-shrinking mode from which Poseidon's constants are drawn, so that nobody chose them:
 * yields bits, from the seed that describes the instance (Grassi et al. 2021, appendix E).
 */
function* grainBits(): Generator<number, never> {
  const seed: number[] = [];
  const push = (value: number, width: number): void => {
    for (let i = width - 1; i >= 0; i--) seed.push((value >>> i) & 1);
  };
  push(1, 2); // a prime field
  push(0, 4); // the S-box x^alpha
  push(FIELD_BITS, 12);
  push(STATE_WIDTH, 12);
  push(FULL_ROUNDS, 10);
  push(PARTIAL_ROUNDS, 10);
  push(0x3fffffff, 30);
  const state = seed;
  const next = (): number => {
    const taps = [62, 51, 38, 23, 13, 0];
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
  for (let i = 0; i < FIELD_BITS; i++) value = (value << 1n) | BigInt(bits.next().value);
  return value;
}

function invert(value: bigint): bigint {
  let result = 1n;
  let base = value % FIELD_ORDER;
  for (let exponent = FIELD_ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % FIELD_ORDER;
    base = (base * base) % FIELD_ORDER;
  }
  return result;
}

/** Round constants (rejected when ≥ r, as they must be uniform) and the Cauchy matrix 1/(x_i + y_j). */
function drawConstants(): { round: readonly bigint[]; matrix: readonly bigint[] } {
  const bits = grainBits();
  const round: bigint[] = [];
  while (round.length < ROUNDS * STATE_WIDTH) {
    const value = drawInteger(bits);
    if (value < FIELD_ORDER) round.push(value);
  }
  const xs = [drawInteger(bits), drawInteger(bits)];
  const ys = [drawInteger(bits), drawInteger(bits)];
  const matrix: bigint[] = [];
  for (const x of xs) for (const y of ys) matrix.push(invert(x + y));
  return { round, matrix };
}

const CONSTANTS = drawConstants();
const [M00, M01, M10, M11] = CONSTANTS.matrix as readonly [bigint, bigint, bigint, bigint];

function power5(value: bigint): bigint {
  const square = (value * value) % FIELD_ORDER;
  return (((square * square) % FIELD_ORDER) * value) % FIELD_ORDER;
}

function permute(first: bigint, second: bigint): readonly [bigint, bigint] {
  let a = first;
  let b = second;
  for (let r = 0; r < ROUNDS; r++) {
    a = power5((a + (CONSTANTS.round[2 * r] as bigint)) % FIELD_ORDER);
    b = (b + (CONSTANTS.round[2 * r + 1] as bigint)) % FIELD_ORDER;
    if (r < FULL_ROUNDS >> 1 || r >= ROUNDS - (FULL_ROUNDS >> 1)) b = power5(b);
    const mixed = (M00 * a + M01 * b) % FIELD_ORDER;
    b = (M10 * a + M11 * b) % FIELD_ORDER;
    a = mixed;
  }
  return [a, b];
}

/**
 * EZKL's Poseidon over BN254's scalar field: a sponge of width 2 and rate 1, x⁵, 8 full and 56 partial rounds,
 * capacity 2⁶⁴, one permutation per element, no padding, so it is a hash only among messages of one length.
 * Gives one field element; throws PoseidonError on an element outside 0…r−1. About 0.2 ms an element.
 */
export function poseidon(message: readonly bigint[]): bigint {
  let state: readonly [bigint, bigint] = [0n, 1n << 64n];
  for (const element of message) {
    if (element < 0n || element >= FIELD_ORDER) throw new PoseidonError("not a field element");
    state = permute((state[0] + element) % FIELD_ORDER, state[1]);
  }
  return state[0];
}
