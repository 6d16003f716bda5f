import { randomBytes } from "node:crypto";
import { setImmediate as breathe } from "node:timers/promises";
import mcl from "mcl-wasm";
import { bigFromBytes } from "#chain/bytes/int.ts";
import { baseModulus, feltModulus, words } from "#chain/protocol/field.ts";
import { ensure, ProverError } from "./errors.ts";

/**
 * halo2's file of a KZG reference string, as EZKL reads and writes it: k in four bytes (little-endian), the
 * 2^k powers s^i·G1, as many Lagrange points, G2, s·G2. Coordinates are 32 bytes, little-endian, in
 * Montgomery form.
 */
const pointBytes = 64;
const g2Bytes = 128;
const headerBytes = 4;

export const logrowsMax = 17;
/** Multiplications between two pauses for other work, and powers combined at once. */
const breath = 256;
const chunk = 1024;

/** A generator of r's multiplicative group, and r − 1 = 2^28 · odd (as halo2 has them). */
const multiplicativeGenerator = 7n;
const twoAdicity = 28n;

/** Length of the file of a string for 2^k rows, bytes. */
export const srsBytes = (logrows: number): number =>
  headerBytes + 2 * pointBytes * 2 ** logrows + 2 * g2Bytes;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const montgomery = (1n << 256n) % baseModulus;
const montgomeryInverse = power(montgomery, baseModulus - 2n, baseModulus);

function readCoordinate(bytes: Uint8Array, offset: number): bigint {
  const raw = bigFromBytes(bytes.subarray(offset, offset + 32).toReversed());
  ensure(raw < baseModulus, "invalid_srs", "a coordinate is outside the field");
  return (raw * montgomeryInverse) % baseModulus;
}

function writeCoordinate(bytes: Uint8Array, offset: number, value: bigint): void {
  bytes.set(words([(value * montgomery) % baseModulus]).reverse(), offset);
}

function readPoint(bytes: Uint8Array, index: number): mcl.G1 {
  const at = headerBytes + pointBytes * index;
  const [x, y] = [readCoordinate(bytes, at), readCoordinate(bytes, at + 32)];
  return parsePoint(new mcl.G1(), [x, y], "a power is not on the curve");
}

/** Sets a point from affine coordinates, refusing those off the curve (of which mcl throws at some). */
function parsePoint<P extends mcl.G1 | mcl.G2>(point: P, coordinates: readonly bigint[], why: string): P {
  try {
    point.setStr(`1 ${coordinates.map((value) => value.toString(16)).join(" ")}`, 16);
  } catch (error) {
    throw new ProverError("invalid_srs", why, { cause: error });
  }
  ensure(point.isValid(), "invalid_srs", why);
  return point;
}

function writePoint(bytes: Uint8Array, offset: number, point: mcl.G1): void {
  point.normalize();
  const [, x, y] = point.getStr(16).split(" ");
  writeCoordinate(bytes, offset, BigInt(`0x${x}`));
  writeCoordinate(bytes, offset + 32, BigInt(`0x${y}`));
}

/** Coordinates x.c0, x.c1, y.c0, y.c1. */
const readG2 = (bytes: Uint8Array, at: number): bigint[] =>
  [0, 32, 64, 96].map((offset) => readCoordinate(bytes, at + offset));

function pointG2(coordinates: readonly bigint[]): mcl.G2 {
  const point = parsePoint(new mcl.G2(), coordinates, "s·G2 is not on the curve");
  ensure(point.isValidOrder(), "invalid_srs", "s·G2 is not in the group");
  return point;
}

const generatorG2 = [
  10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  8495653923123431417604973247489272438418190587263600148770280649306958101930n,
  4082367875863433681332203403145435568316851327593401208105741076214120093531n,
];

/** log₂ of the number of rows; throws ProverError invalid_srs when the length is not that of such a file. */
export function srsLogrows(bytes: Uint8Array): number {
  ensure(bytes.length >= headerBytes, "invalid_srs", "the file is too short");
  const logrows = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const sound = logrows >= 1 && logrows <= logrowsMax && bytes.length === srsBytes(logrows);
  ensure(sound, "invalid_srs", "the file's length is not that of a reference string");
  return logrows;
}

/** s·G2 as the chain writes it: x.c1, x.c0, y.c1, y.c0, 32 big-endian bytes each. */
export function srsG2(bytes: Uint8Array): Uint8Array {
  const [x0, x1, y0, y1] = readG2(bytes, bytes.length - g2Bytes) as [bigint, bigint, bigint, bigint];
  return words([x1, x0, y1, y0]);
}

const fieldElement = (value: bigint): mcl.Fr => {
  const element = new mcl.Fr();
  element.setStr(value.toString(16), 16);
  return element;
};

/**
 * Checks a reference string by itself: generators, every power on the curve, and the ratio of successive
 * powers, by one pairing over a random combination (128-bit coefficients: a wrong power passes with
 * probability 2⁻¹²⁸). Gives log₂ of its rows. Throws ProverError invalid_srs.
 */
export async function checkSrs(bytes: Uint8Array): Promise<number> {
  const logrows = srsLogrows(bytes);
  await mcl.init(mcl.BN_SNARK1);
  const count = 2 ** logrows;
  const g1Base = [readCoordinate(bytes, headerBytes), readCoordinate(bytes, headerBytes + 32)];
  ensure(g1Base[0] === 1n && g1Base[1] === 2n, "invalid_srs", "the first power is not the generator of G1");
  const g2 = readG2(bytes, bytes.length - 2 * g2Bytes);
  const isBase = g2.every((value, i) => value === generatorG2[i]);
  ensure(isBase, "invalid_srs", "the first point of G2 is not its generator");
  let lower = new mcl.G1();
  let upper = new mcl.G1();
  for (let first = 0; first < count - 1; first += chunk) {
    const size = Math.min(chunk, count - 1 - first);
    const powers = Array.from({ length: size + 1 }, (_, i) => readPoint(bytes, first + i));
    const coefficients = Array.from({ length: size }, () => fieldElement(bigFromBytes(randomBytes(16))));
    lower = mcl.add(lower, mcl.mulVec(powers.slice(0, -1), coefficients));
    upper = mcl.add(upper, mcl.mulVec(powers.slice(1), coefficients));
    await breathe();
  }
  const secret = pointG2(readG2(bytes, bytes.length - g2Bytes));
  const ratioHolds = mcl.pairing(upper, pointG2(g2)).isEqual(mcl.pairing(lower, secret));
  ensure(ratioHolds, "invalid_srs", "the powers are not those of one secret");
  return logrows;
}

/** Inverse FFT over G1: the Lagrange points of powers s^0 … s^(n−1), for n = 2^k. */
async function lagrangePoints(powers: mcl.G1[], logrows: number): Promise<mcl.G1[]> {
  const count = powers.length;
  const points = powers.map((_, i) => powers[reverseBits(i, logrows)] as mcl.G1);
  const root = power(multiplicativeGenerator, (feltModulus - 1n) >> twoAdicity, feltModulus);
  const omega = power(root, 1n << (twoAdicity - BigInt(logrows)), feltModulus);
  const omegaInverse = power(omega, feltModulus - 2n, feltModulus);
  for (let length = 2; length <= count; length *= 2) {
    const step = power(omegaInverse, BigInt(count / length), feltModulus);
    const twiddles = [1n];
    while (twiddles.length < length / 2) twiddles.push(((twiddles.at(-1) as bigint) * step) % feltModulus);
    const factors = twiddles.map(fieldElement);
    for (let start = 0; start < count; start += length) {
      for (let i = 0; i < length / 2; i++) {
        const even = points[start + i] as mcl.G1;
        const odd = points[start + i + length / 2] as mcl.G1;
        const turned = i === 0 ? odd : mcl.mul(odd, factors[i] as mcl.Fr);
        points[start + i] = mcl.add(even, turned);
        points[start + i + length / 2] = mcl.sub(even, turned);
        if (i % breath === breath - 1) await breathe();
      }
      if (length <= breath) await breathe();
    }
  }
  const scale = fieldElement(power(BigInt(count), feltModulus - 2n, feltModulus));
  return points.map((point) => mcl.mul(point, scale));
}

function reverseBits(value: number, width: number): number {
  let result = 0;
  for (let bit = 0; bit < width; bit++) result = (result << 1) | ((value >> bit) & 1);
  return result;
}

/**
 * The string for fewer rows of the same secret, byte for byte the one that the ceremony's own tool makes:
 * the first powers, and Lagrange points computed from them. Seconds of work; yields to other work.
 */
export async function deriveSrs(bytes: Uint8Array, logrows: number): Promise<Uint8Array> {
  const from = srsLogrows(bytes);
  ensure(logrows >= 1 && logrows < from, "invalid_srs", `cannot make 2^${logrows} rows from 2^${from}`);
  await mcl.init(mcl.BN_SNARK1);
  const count = 2 ** logrows;
  const out = new Uint8Array(srsBytes(logrows));
  new DataView(out.buffer).setUint32(0, logrows, true);
  out.set(bytes.subarray(headerBytes, headerBytes + pointBytes * count), headerBytes);
  out.set(bytes.subarray(bytes.length - 2 * g2Bytes), out.length - 2 * g2Bytes);
  const powers = Array.from({ length: count }, (_, i) => readPoint(bytes, i));
  const points = await lagrangePoints(powers, logrows);
  points.forEach((point, i) => {
    writePoint(out, headerBytes + pointBytes * (count + i), point);
  });
  return out;
}
