import { randomBytes } from "node:crypto";
import { xchacha20 } from "@noble/ciphers/chacha.js";

const PRIME = (1n << 130n) - 5n;
const PAD = 1n << 128n;
const BLOCK = 16;

/** One plaintext as it must appear under one key; both texts have the same multiple of 16 bytes. */
export interface Face {
  readonly cipherKey: Uint8Array;
  readonly text: Uint8Array;
}

/**
 * A ciphertext with tag that XChaCha20-Poly1305 opens under both keys: the first half decrypts to the first
 * text under the first key, the second half to the second text under the second, the rest is junk. The two
 * last blocks are free unknowns; equating the two Poly1305 tags, which are linear in them, gives two
 * equations modulo 2¹³⁰ − 5, tried for random tags until both blocks fit into 16 bytes.
 * Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking", CRYPTO 2018.
 */
export function twoWayCiphertext(nonce: Uint8Array, aad: Uint8Array, first: Face, second: Face): Uint8Array {
  const half = first.text.length;
  const body = new Uint8Array(2 * half + 2 * BLOCK);
  const streams = [first, second].map((face) => keystream(face.cipherKey, nonce, body.length));
  for (let i = 0; i < half; i++) {
    body[i] = (first.text[i] as number) ^ (streams[0]?.[i] as number);
    body[half + i] = (second.text[i] as number) ^ (streams[1]?.[half + i] as number);
  }
  const equations = [first, second].map((face) => tagEquation(face.cipherKey, nonce, aad, body));
  for (;;) {
    const tag = littleEndian(randomBytes(BLOCK));
    const solved = solve(tag, equations[0] as Equation, equations[1] as Equation);
    if (solved === undefined) continue;
    body.set(toLittleEndian(solved[0]), 2 * half);
    body.set(toLittleEndian(solved[1]), 2 * half + BLOCK);
    return Buffer.concat([body, toLittleEndian(tag)]);
  }
}

/** tag = a·x + b·y + rest mod p, plus pad mod 2¹²⁸, for the last two blocks x and y with their high bit. */
interface Equation {
  readonly a: bigint;
  readonly b: bigint;
  readonly rest: bigint;
  readonly pad: bigint;
}

function tagEquation(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, body: Uint8Array): Equation {
  const oneTimeKey = xchacha20(key, nonce, new Uint8Array(32), undefined, 0);
  const r = littleEndian(oneTimeKey.subarray(0, BLOCK)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  const known = [...blocks(aad), ...blocks(body.subarray(0, body.length - 2 * BLOCK))];
  const lengths = littleEndian(lengthBlock(aad.length, body.length)) + PAD;
  let rest = 0n;
  for (const [i, block] of known.entries())
    rest = (rest + block * power(r, BigInt(known.length + 3 - i))) % PRIME;
  return {
    a: power(r, 3n),
    b: power(r, 2n),
    rest: (rest + lengths * r) % PRIME,
    pad: littleEndian(oneTimeKey.subarray(BLOCK)),
  };
}

function solve(tag: bigint, one: Equation, two: Equation): readonly [bigint, bigint] | undefined {
  const inverse = power(modulo(one.a * two.b - two.a * one.b), PRIME - 2n);
  for (const left of accumulators(tag, one.pad))
    for (const right of accumulators(tag, two.pad)) {
      const [e1, e2] = [left - one.rest, right - two.rest];
      const x = modulo((e1 * two.b - e2 * one.b) * inverse);
      const y = modulo((one.a * e2 - two.a * e1) * inverse);
      if (x >= PAD && x < 2n * PAD && y >= PAD && y < 2n * PAD) return [x - PAD, y - PAD];
    }
  return undefined;
}

/** The residues whose sum with the pad ends in the 128 bits of the tag. */
function accumulators(tag: bigint, pad: bigint): bigint[] {
  const all = [0n, 1n, 2n, 3n, 4n].map((carry) => tag - pad + carry * PAD);
  return all.filter((value) => value >= 0n && value < PRIME);
}

const keystream = (key: Uint8Array, nonce: Uint8Array, length: number): Uint8Array =>
  xchacha20(key, nonce, new Uint8Array(length), undefined, 1);

function blocks(bytes: Uint8Array): bigint[] {
  const out: bigint[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK)
    out.push(littleEndian(bytes.subarray(at, at + BLOCK)) + PAD);
  return out;
}

function lengthBlock(aadLength: number, bodyLength: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(aadLength), true);
  view.setBigUint64(8, BigInt(bodyLength), true);
  return block;
}

const modulo = (value: bigint): bigint => ((value % PRIME) + PRIME) % PRIME;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = modulo(base), left = exponent; left > 0n; left >>= 1n, square = (square * square) % PRIME)
    if (left & 1n) result = (result * square) % PRIME;
  return result;
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return value;
}

const toLittleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: BLOCK }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
