import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { wordAt, words } from "#chain/protocol/field.ts";
import type { ProofStatement } from "#chain/protocol/statement.ts";
import { vkaWords } from "#chain/protocol/vka.ts";
import { registerCall, registerSelector, verifyCall, verifySelector } from "#chain/verify/calldata.ts";
import { CompileError, compileVerifier } from "#chain/verify/compile.ts";
import { type ZkSample, zkSample } from "#test/kit/zk.ts";

let sample: ZkSample;
before(async () => {
  sample = await zkSample("lr-4");
});

/** Keccak-256 of the reusable verifier of EZKL 23.0.5 as this project compiles it. */
const verifierCodeHash = "9001f52e7f1976554d034420221e76077b8578a8a8cd2883a703c2ae63b58352";

test("selectors are the first bytes of the hash of the functions' signatures", () => {
  const selector = (signature: string) => toHex(keccak_256(utf8(signature)).subarray(0, 4));
  assert.equal(toHex(registerSelector), selector("registerVka(bytes32[])"));
  assert.equal(toHex(verifySelector), selector("verifyProof(bytes,uint256[],bytes32[])"));
});

test("call data holds proof, public values and key at the offsets that it states", () => {
  const { instances, proof } = sample.statements[0] as ProofStatement;
  const key = vkaWords(sample.key.vka);
  const body = verifyCall(proof, words(instances), key).subarray(4);
  const [proofAt, instancesAt, keyAt] = [0, 32, 64].map((offset) => Number(wordAt(body, offset)));
  const part = (at = 0, size = 1) => body.subarray(at + 32, at + 32 + size * Number(wordAt(body, at)));
  assert.deepEqual(part(proofAt), proof);
  assert.deepEqual(part(instancesAt, 32), words(instances));
  assert.deepEqual(part(keyAt, 32), key);
  assert.equal(body.length, 3 * 32 + 3 * 32 + proof.length + 32 * instances.length + key.length);
  assert.deepEqual(registerCall(key).subarray(4 + 64), key);
});

test("a proof that is no whole number of words is padded", () => {
  const body = verifyCall(new Uint8Array(33).fill(7), words([1n]), words([2n])).subarray(4);
  assert.equal(body.length % 32, 0);
  assert.deepEqual(
    body.subarray(128, 192),
    Uint8Array.from({ length: 64 }, (_, i) => (i < 33 ? 7 : 0)),
  );
});

test("the verifier compiles to the same known bytecode for every template", async () => {
  for (const name of ["lr-4", "mlp-64-4"] as const) {
    const { folder, key } = await zkSample(name);
    const code = compileVerifier(await readFile(join(folder, "verifier.sol"), "utf8"));
    assert.equal(toHex(keccak_256(code)), verifierCodeHash);
    assert.deepEqual(code, key.verifierCode);
  }
});

test("a source that is no verifier does not compile", () => {
  const listeners = process.listenerCount("unhandledRejection");
  assert.throws(() => compileVerifier("contract Other {}"), CompileError);
  assert.throws(() => compileVerifier("contract Halo2VerifierReusable {"), CompileError);
  assert.equal(
    process.listenerCount("unhandledRejection"),
    listeners,
    "the compiler leaves no listener behind",
  );
});
