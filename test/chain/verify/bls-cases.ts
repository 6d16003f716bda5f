import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bigFromBytes } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { type Draws, drawsFrom } from "#chain/protocol/draw.ts";

const { G1, G2, fields } = bls12_381;
const { Fp, Fp2, Fr } = fields;
const W = 48;

/** One question to a verifier; `kind` says how it was made. */
export interface Case {
  readonly kind: string;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly tag: string;
}

/** Signs as the implementation under test does; what it gives is a question too. */
export type Sign = (message: Uint8Array, secretKey: Uint8Array, tag: string) => Uint8Array;

const TAGS = [
  "ITERUM_BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_V1",
  "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
];

const below = (draws: Draws, bound: number): number => Number(draws.below(BigInt(bound)));
const bytesOf = (draws: Draws, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => below(draws, 256));

const bigEndian = (value: bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn));
const coordinate = (value: bigint): Uint8Array => bigEndian(value, W);

const EDGES = [1n, 2n, Fr.ORDER - 1n, Fr.ORDER + 1n, (1n << 256n) - 1n].map((n) => bigEndian(n, 32));

interface KeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

const KEYS_MADE = 16;

/** A few random keys, since the reference takes long to make one, and those at the edges. */
const keyPairs = (draws: Draws): readonly KeyPair[] =>
  [...EDGES, ...Array.from({ length: KEYS_MADE }, () => bytesOf(draws, 32))].map((secretKey) => ({
    secretKey,
    publicKey: bls12_381.shortSignatures.getPublicKey(secretKey).toBytes(),
  }));

function honest(draws: Draws, keys: readonly KeyPair[], sign: Sign): Case {
  const { secretKey, publicKey } = keys[below(draws, keys.length)] as KeyPair;
  const message = bytesOf(draws, below(draws, 3) === 0 ? below(draws, 200) : 32);
  const tag = TAGS[below(draws, TAGS.length)] as string;
  return { kind: "honest", signature: sign(message, secretKey, tag), message, publicKey, tag };
}

function flip(draws: Draws, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const bit = below(draws, 8 * out.length);
  out[bit >>> 3] = (out[bit >>> 3] as number) ^ (1 << (bit & 7));
  return out;
}

const withFlags = (bytes: Uint8Array, flags: number): Uint8Array => {
  const out = bytes.slice();
  out[0] = ((out[0] as number) & 0x1f) | (flags << 5);
  return out;
};

/** The same coordinate with the modulus added, where that still fits beside the flags. */
function plusModulus(bytes: Uint8Array, at: number): Uint8Array {
  const out = bytes.slice();
  const flags = at === 0 ? (out[0] as number) & 0xe0 : 0;
  const part = withFlags(out.subarray(at, at + W), 0);
  const value = bigFromBytes(at === 0 ? part : out.subarray(at, at + W)) + Fp.ORDER;
  if (value >> 381n !== 0n) return out;
  out.set(coordinate(value), at);
  out[at] = (out[at] as number) | flags;
  return out;
}

/** A point of the curve with that x or the next; nearly always outside the subgroup. */
function strayG1(draws: Draws) {
  for (let x = Fp.create(bigFromBytes(bytesOf(draws, W))); ; x = Fp.add(x, 1n)) {
    try {
      return G1.Point.fromAffine({ x, y: Fp.sqrt(Fp.add(Fp.pow(x, 3n), 4n)) });
    } catch {
      // no square root: the next x
    }
  }
}

function strayG2(draws: Draws) {
  const real = Fp.create(bigFromBytes(bytesOf(draws, W)));
  for (let imaginary = Fp.create(bigFromBytes(bytesOf(draws, W))); ; imaginary = Fp.add(imaginary, 1n)) {
    const x = Fp2.create({ c0: real, c1: imaginary });
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.pow(x, 3n), Fp2.fromBigTuple([4n, 4n])));
      return G2.Point.fromAffine({ x, y });
    } catch {
      // no square root: the next x
    }
  }
}

/** A point whose order divides the cofactor: pairings do not see it, only a check of the subgroup does. */
const torsionG1 = (draws: Draws) => {
  const point = strayG1(draws);
  return point.multiplyUnsafe(Fr.ORDER - 1n).add(point);
};
const torsionG2 = (draws: Draws) => {
  const point = strayG2(draws);
  return point.multiplyUnsafe(Fr.ORDER - 1n).add(point);
};

/** The encoding of any point, which the library refuses to write where it is not of the subgroup. */
const encodedG1 = ({ x, y }: { readonly x: bigint; readonly y: bigint }): Uint8Array =>
  withFlags(coordinate(x), y > Fp.ORDER - y ? 0b101 : 0b100);

function encodedG2({ x, y }: ReturnType<ReturnType<typeof strayG2>["toAffine"]>): Uint8Array {
  const part = y.c1 === 0n ? y.c0 : y.c1;
  const bytes = Uint8Array.of(...coordinate(x.c1), ...coordinate(x.c0));
  return withFlags(bytes, part > Fp.ORDER - part ? 0b101 : 0b100);
}

const infinity = (length: number, flags = 0b110, last = 0): Uint8Array => {
  const out = withFlags(new Uint8Array(length), flags);
  out[length - 1] = last;
  return out;
};

/** An x of the field with flags: on the curve half of the time, in the subgroup never. */
const noise = (draws: Draws, length: number): Uint8Array =>
  withFlags(bytesOf(draws, length), below(draws, 4) === 0 ? below(draws, 8) : 0b100 + below(draws, 2));

/** Ways to spoil an honest case; a few leave it as it was. */
const spoilers: Readonly<Record<string, (it: Case, draws: Draws) => Partial<Case>>> = {
  honest: () => ({}),
  "flipped bit of the signature": (it, draws) => ({ signature: flip(draws, it.signature) }),
  "flipped bit of the key": (it, draws) => ({ publicKey: flip(draws, it.publicKey) }),
  "other message": (it, draws) => ({ message: flip(draws, utf8(`x${it.message.length}`)) }),
  "other tag": (it) => ({ tag: `${it.tag}X` }),
  "negated signature": (it) => ({
    signature: withFlags(it.signature, ((it.signature[0] as number) >>> 5) ^ 1),
  }),
  "negated key": (it) => ({ publicKey: withFlags(it.publicKey, ((it.publicKey[0] as number) >>> 5) ^ 1) }),
  "flags of the signature": (it, draws) => ({ signature: withFlags(it.signature, below(draws, 8)) }),
  "flags of the key": (it, draws) => ({ publicKey: withFlags(it.publicKey, below(draws, 8)) }),
  "signature plus the modulus": (it) => ({ signature: plusModulus(it.signature, 0) }),
  "key plus the modulus": (it, draws) => ({ publicKey: plusModulus(it.publicKey, W * below(draws, 2)) }),
  "signature at infinity": (_, draws) => ({
    signature: infinity(W, 0b110 + below(draws, 2), below(draws, 2)),
  }),
  "key at infinity": (_, draws) => ({ publicKey: infinity(2 * W, 0b110 + below(draws, 2), below(draws, 2)) }),
  "both at infinity": () => ({ signature: infinity(W), publicKey: infinity(2 * W) }),
  zeros: (_, draws) => ({ [below(draws, 2) ? "signature" : "publicKey"]: new Uint8Array(W) }),
  "length of the signature": (it, draws) => ({ signature: it.signature.subarray(below(draws, W)) }),
  "length of the key": (it, draws) => ({ publicKey: it.publicKey.subarray(0, below(draws, 2 * W)) }),
  "longer signature": (it) => ({ signature: Uint8Array.of(...it.signature, 0) }),
  "key in full": (it) => ({ publicKey: G2.Point.fromBytes(it.publicKey).toBytes(false) }),
  "signature out of the subgroup": (_, draws) => ({ signature: encodedG1(strayG1(draws).toAffine()) }),
  "key out of the subgroup": (_, draws) => ({ publicKey: encodedG2(strayG2(draws).toAffine()) }),
  "signature with torsion": (it, draws) => ({
    signature: encodedG1(G1.Point.fromBytes(it.signature).add(torsionG1(draws)).toAffine()),
  }),
  "key with torsion": (it, draws) => ({
    publicKey: encodedG2(G2.Point.fromBytes(it.publicKey).add(torsionG2(draws)).toAffine()),
  }),
  "point of order three": () => ({ signature: infinity(W, 0b100) }),
  "noise for a signature": (_, draws) => ({ signature: noise(draws, W) }),
  "noise for a key": (_, draws) => ({ publicKey: noise(draws, 2 * W) }),
};

/** How many kinds of cases there are. */
export const KINDS = Object.keys(spoilers).length;

/** As many cases of every kind in turn as wanted: the same for a seed. */
export function* blsCases(seed: string, count: number, sign: Sign): Generator<Case> {
  const draws = drawsFrom("iterum/test/bls", utf8(seed));
  const keys = keyPairs(draws);
  const kinds = Object.entries(spoilers);
  for (let i = 0; i < count; i++) {
    const [kind, spoil] = kinds[i % kinds.length] as (typeof kinds)[0];
    const it = honest(draws, keys, sign);
    yield { ...it, ...spoil(it, draws), kind };
  }
}
