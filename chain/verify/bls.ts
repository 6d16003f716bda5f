import createModule from "mcl-wasm/dist/mcl_c.js";
import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { fromHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { BLS_KEY_BYTES, BLS_SIGNATURE_BYTES, type Bls, nobleBls } from "#chain/protocol/bls.ts";

/** What is used of an instance of mcl: functions take addresses in its own memory. */
interface Mcl {
  readonly wasmMemory: { readonly buffer: ArrayBuffer };
  _malloc(bytes: number): number;
  _free(at: number): void;
  _mclBn_init(curve: number, compiledTimeVar: number): number;
  _mclBn_setETHserialization(on: number): void;
  _mclBn_setMapToMode(mode: number): number;
  _mclBn_getUint64NumToPrecompute(): number;
  _mclBn_precomputeG2(loop: number, point: number): void;
  /** out = miller(p, q) · miller(r, the point of the loop). */
  _mclBn_precomputedMillerLoop2mixed(out: number, p: number, q: number, r: number, loop: number): void;
  _mclBn_finalExp(out: number, value: number): void;
  _mclBnGT_isOne(value: number): number;
  _mclBnFr_setBigEndianMod(out: number, bytes: number, length: number): number;
  _mclBnFr_isZero(value: number): number;
  /** Returns the bytes read, 0 for bytes that are no point of the curve. */
  _mclBnG1_deserialize(out: number, bytes: number, length: number): number;
  _mclBnG2_deserialize(out: number, bytes: number, length: number): number;
  _mclBnG1_serialize(out: number, room: number, point: number): number;
  _mclBnG1_isValidOrder(point: number): number;
  _mclBnG2_isValidOrder(point: number): number;
  _mclBnG1_clear(point: number): void;
  _mclBnG1_isZero(point: number): number;
  _mclBnG1_add(out: number, one: number, other: number): void;
  _mclBnG1_mul(out: number, point: number, scalar: number): void;
  _mclBnG1_neg(out: number, point: number): void;
  /** Product in constant time. */
  _mclBnG1_mulCT(out: number, point: number, scalar: number): void;
  _mclBnG1_hashAndMapToWithDst(
    out: number,
    message: number,
    length: number,
    tag: number,
    tagLength: number,
  ): number;
}

const BLS12_381 = 5;
/** MCLBN_COMPILED_TIME_VAR: ten times the words of a scalar and once those of a coordinate. */
const COMPILED_TIME_VAR = 46;
/** Hash to curve by RFC 9380. */
const RFC_9380 = 5;
const COORDINATE_BYTES = 48;
const SCALAR_BYTES = 32;
/** Bytes of points and values inside mcl. */
const SIZES = { g1: 3 * 48, g2: 6 * 48, gt: 12 * 48 };

const baseModulus = fromHex(
  "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
);
const generatorG2 = fromHex(
  "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e" +
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
);

/**
 * Whether bytes are the one encoding of some x: compressed, not infinity, every coordinate below the modulus.
 * mcl is laxer than the reference here and there, so nothing is left to it but the curve equation.
 */
function isCanonical(bytes: Uint8Array): boolean {
  const flags = (bytes[0] as number) >>> 5;
  if (flags !== 0b100 && flags !== 0b101) return false;
  const plain = bytes.slice();
  plain[0] = (bytes[0] as number) & 0x1f;
  for (let at = 0; at < plain.length; at += COORDINATE_BYTES)
    if (compareBytes(plain.subarray(at, at + COORDINATE_BYTES), baseModulus) >= 0) return false;
  return true;
}

/** An instance of mcl of its own: the curve is a global of the instance, and proofs need another one. */
async function instance(): Promise<Mcl> {
  const mcl = (await createModule({})) as Mcl;
  if (mcl._mclBn_init(BLS12_381, COMPILED_TIME_VAR) !== 0) throw new Error("mcl does not know BLS12-381");
  mcl._mclBn_setETHserialization(1);
  if (mcl._mclBn_setMapToMode(RFC_9380) !== 0) throw new Error("mcl does not know RFC 9380");
  return mcl;
}

/** Gives the address of a copy of bytes, or of that many bytes. */
type Place = (content: Uint8Array | number) => number;

/** Lends places in the instance's memory for the time of one call, and leaves nothing of them behind. */
function withMemory<T>(mcl: Mcl, work: (place: Place) => T): T {
  const lent: { readonly at: number; readonly bytes: number }[] = [];
  // Made anew each time: memory that grows is another buffer.
  const view = (): Uint8Array => new Uint8Array(mcl.wasmMemory.buffer);
  try {
    return work((content) => {
      const bytes = typeof content === "number" ? content : content.length;
      const at = mcl._malloc(bytes);
      if (at === 0) throw new Error("mcl is out of memory");
      lent.push({ at, bytes });
      if (typeof content !== "number") view().set(content, at);
      return at;
    });
  } finally {
    for (const { at, bytes } of lent) {
      view().fill(0, at, at + bytes);
      mcl._free(at);
    }
  }
}

function hashToG1(mcl: Mcl, place: Place, message: Uint8Array, tag: string): number {
  const point = place(SIZES.g1);
  const domain = utf8(tag);
  const failed = mcl._mclBnG1_hashAndMapToWithDst(
    point,
    place(message),
    message.length,
    place(domain),
    domain.length,
  );
  if (failed !== 0) throw new Error("mcl cannot hash to the curve");
  return point;
}

/** Reads a signature into a place; false for bytes that are no point of the subgroup, and for infinity. */
function readG1(mcl: Mcl, place: Place, into: number, bytes: Uint8Array): boolean {
  if (bytes.length !== BLS_SIGNATURE_BYTES || !isCanonical(bytes)) return false;
  if (mcl._mclBnG1_deserialize(into, place(bytes), BLS_SIGNATURE_BYTES) === 0) return false;
  return mcl._mclBnG1_isValidOrder(into) !== 0;
}

function readG2(mcl: Mcl, place: Place, into: number, bytes: Uint8Array): boolean {
  if (bytes.length !== BLS_KEY_BYTES || !isCanonical(bytes)) return false;
  if (mcl._mclBnG2_deserialize(into, place(bytes), BLS_KEY_BYTES) === 0) return false;
  return mcl._mclBnG2_isValidOrder(into) !== 0;
}

function writeG1(mcl: Mcl, place: Place, point: number): Uint8Array {
  const out = place(BLS_SIGNATURE_BYTES);
  if (mcl._mclBnG1_serialize(out, BLS_SIGNATURE_BYTES, point) !== BLS_SIGNATURE_BYTES)
    throw new Error("mcl cannot write a point");
  return new Uint8Array(mcl.wasmMemory.buffer).slice(out, out + BLS_SIGNATURE_BYTES);
}

function sign(mcl: Mcl, message: Uint8Array, secretKey: Uint8Array, tag: string): Uint8Array {
  if (secretKey.length !== SCALAR_BYTES) throw new RangeError("a secret key has 32 bytes");
  return withMemory(mcl, (place) => {
    const scalar = place(SCALAR_BYTES);
    mcl._mclBnFr_setBigEndianMod(scalar, place(secretKey), SCALAR_BYTES);
    if (mcl._mclBnFr_isZero(scalar) !== 0) throw new RangeError("a secret key is not zero");
    const point = place(SIZES.g1);
    mcl._mclBnG1_mulCT(point, hashToG1(mcl, place, message, tag), scalar);
    return writeG1(mcl, place, point);
  });
}

/** Whether e(H(m), key) = e(signature, generator). */
function verify(
  mcl: Mcl,
  generatorLoop: number,
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  tag: string,
): boolean {
  return withMemory(mcl, (place) => {
    const [given, key] = [place(SIZES.g1), place(SIZES.g2)];
    if (!readG1(mcl, place, given, signature) || !readG2(mcl, place, key, publicKey)) return false;
    mcl._mclBnG1_neg(given, given);
    const [product, result] = [place(SIZES.gt), place(SIZES.gt)];
    const hashed = hashToG1(mcl, place, message, tag);
    mcl._mclBn_precomputedMillerLoop2mixed(product, hashed, key, given, generatorLoop);
    mcl._mclBn_finalExp(result, product);
    return mcl._mclBnGT_isOne(result) !== 0;
  });
}

function combine(
  mcl: Mcl,
  signatures: readonly Uint8Array[],
  weights: readonly bigint[],
): Uint8Array | undefined {
  return withMemory(mcl, (place) => {
    const [sum, point, part, scalar] = [
      place(SIZES.g1),
      place(SIZES.g1),
      place(SIZES.g1),
      place(SCALAR_BYTES),
    ];
    mcl._mclBnG1_clear(sum);
    for (const [i, signature] of signatures.entries()) {
      const weight = fromHex((weights[i] as bigint).toString(16).padStart(2 * SCALAR_BYTES, "0"));
      if (!readG1(mcl, place, point, signature)) return undefined;
      mcl._mclBnFr_setBigEndianMod(scalar, place(weight), SCALAR_BYTES);
      mcl._mclBnG1_mul(part, point, scalar);
      mcl._mclBnG1_add(sum, sum, part);
    }
    return mcl._mclBnG1_isZero(sum) === 0 ? writeG1(mcl, place, sum) : undefined;
  });
}

/** The generator of G2 with what a pairing needs of it, computed once. */
function generatorLoopOf(mcl: Mcl): number {
  const loop = mcl._malloc(8 * mcl._mclBn_getUint64NumToPrecompute());
  if (loop === 0) throw new Error("mcl is out of memory");
  withMemory(mcl, (place) => {
    const point = place(SIZES.g2);
    mcl._mclBnG2_deserialize(point, place(generatorG2), BLS_KEY_BYTES);
    mcl._mclBn_precomputeG2(loop, point);
  });
  return loop;
}

/** Compares with the reference once, so that no node runs with arithmetic that went wrong on its machine. */
function checked(bls: Bls): Bls {
  const [message, secretKey, tag] = [utf8("check"), new Uint8Array(SCALAR_BYTES).fill(7), "ITERUM_CHECK"];
  const expected = nobleBls.sign(message, secretKey, tag);
  if (!equalBytes(bls.sign(message, secretKey, tag), expected))
    throw new Error("mcl does not sign as the reference does");
  return bls;
}

/**
 * BLS signatures over mcl in WebAssembly: the reference's bytes and verdicts, several times as fast. Throws
 * only where the machinery fails, which is no verdict: the node must then stop.
 */
export async function createMclBls(): Promise<Bls> {
  const mcl = await instance();
  const loop = generatorLoopOf(mcl);
  return checked({
    implementation: "mcl",
    sign: (message, secretKey, tag) => sign(mcl, message, secretKey, tag),
    verify: (signature, message, publicKey, tag) => verify(mcl, loop, signature, message, publicKey, tag),
    combine: (signatures, weights) => combine(mcl, signatures, weights),
  });
}
