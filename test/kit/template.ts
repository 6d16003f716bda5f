import { concat } from "#chain/bytes/concat.ts";
import { keccak256 } from "#chain/bytes/hash.ts";
import { words } from "#chain/protocol/field.ts";
import { instanceCount, paramsInputsOutputs, type Template } from "#chain/protocol/template.ts";
import { readVka, vkaDigest } from "#chain/protocol/vka.ts";

const WORDS = 34;
/** EIP-197's generators of G1 and G2, then −G2 in place of −s·G2: the reference string of s = 1. */
const G = [
  1n,
  2n,
  11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  8495653923123431417604973247489272438418190587263600148770280649306958101930n,
];
const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

function keyWords(instances: number, logrows: number): bigint[] {
  const list = Array.from({ length: WORDS }, () => 0n);
  const put = (at: number, values: readonly bigint[]): void => void list.splice(at, values.length, ...values);
  put(2, [BigInt(instances), 1n]);
  put(5, [BigInt(logrows)]);
  put(14, G);
  put(20, [G[2] as bigint, G[3] as bigint, P - (G[4] as bigint), P - (G[5] as bigint)]);
  put(33, [1n | (64n << 8n)]);
  return list;
}

/** Code of a verifier that refuses everything: PUSH0 PUSH0 REVERT. */
export const refusingVerifier = Uint8Array.of(0x5f, 0x5f, 0xfd);

/**
 * A template under whose key nobody can prove anything, for games without audits: its header is that of a
 * real key, so the chain accepts it, and the reference string is that of s = 1.
 */
export function unprovableTemplate(name = "lr-64", inputSize = 64): Template {
  const shape = {
    name,
    batch: 8,
    inputSize,
    classes: 2,
    inputScale: 7,
    outputScale: 14,
    logrows: 13,
    transform: "sigmoid/1",
    settings: new TextEncoder().encode(`{"name":"${name}"}`),
    verifierCodeHash: keccak256(refusingVerifier),
    instanceLayout: paramsInputsOutputs,
  };
  const empty = new Uint8Array(0);
  const draft = { ...shape, vka: empty, vkaDigest: empty, srsG2: empty, proofLength: 0 };
  const body = words(keyWords(instanceCount(draft), shape.logrows));
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(WORDS), true);
  const vka = concat(count, body);
  const { srsG2, proofLength } = readVka(vka);
  return { ...shape, vka, vkaDigest: vkaDigest(vka), srsG2, proofLength };
}
