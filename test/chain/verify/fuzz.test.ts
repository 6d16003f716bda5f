import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { after, before, test } from "node:test";
import { concat } from "#chain/bytes/concat.ts";
import { feltModulus, wordAt, words } from "#chain/protocol/field.ts";
import type { ProofStatement } from "#chain/protocol/statement.ts";
import { createMclBn254 } from "#chain/verify/bn254.ts";
import { createMachine, type ProofJob, type Verdict, verifyGasMax } from "#chain/verify/machine.ts";
import { WorkerPool } from "#chain/verify/pool.ts";
import { type ZkSample, zkSample } from "#test/kit/zk.ts";

// Altered proofs, public values and keys, straight to the verifier contract: past the checks of sizes and of
// canonical values that the verifier makes before it.

interface Case {
  readonly name: string;
  readonly job: ProofJob;
}

let tiny: ZkSample;
let honest: ProofJob;
let pool: WorkerPool<ProofJob, Verdict>;
before(async () => {
  tiny = await zkSample("lr-4");
  const { instances, proof } = tiny.statements[0] as ProofStatement;
  const { verifierCode, vka } = tiny.key;
  honest = { verifierCode, vka, instances: words(instances), proof };
  const entry = new URL("../../../chain/verify/worker.ts", import.meta.url);
  pool = new WorkerPool({ entry, threads: Math.min(2, availableParallelism()), timeoutMs: 120_000 });
});
after(() => pool.close());

/** Numbers below a bound, the same in every run. */
function stream(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const next = stream(2026);

const flippedIn = (data: Uint8Array, word: number): Uint8Array => {
  const out = data.slice();
  const at = 32 * word + next(32);
  out[at] = (out[at] as number) ^ (1 << next(8));
  return out;
};

const wordCount = (data: Uint8Array): number => data.length >>> 5;

/** One flipped bit in every 32-byte word of the proof, that is in every point and every evaluation. */
const proofFlips = (): Case[] =>
  Array.from({ length: wordCount(honest.proof) }, (_, word) => ({
    name: `proof word ${word}`,
    job: { ...honest, proof: flippedIn(honest.proof, word) },
  }));

/** Words written above the field's order: the same number to arithmetic, other bytes. */
function aliases(): Case[] {
  const cases: Case[] = [];
  const lift = (data: Uint8Array, word: number): Uint8Array => {
    const lifted = words([wordAt(data, 32 * word) + feltModulus]);
    return concat(data.subarray(0, 32 * word), lifted, data.subarray(32 * word + 32));
  };
  for (let word = 0; word < wordCount(honest.instances); word++)
    cases.push({ name: `instance ${word} + r`, job: { ...honest, instances: lift(honest.instances, word) } });
  for (let word = 0; word < wordCount(honest.proof); word++)
    cases.push({ name: `proof word ${word} + r`, job: { ...honest, proof: lift(honest.proof, word) } });
  return cases;
}

/** Flipped, exchanged, missing and additional public values, and proofs of other lengths and random bytes. */
function shapes(): Case[] {
  const cases: Case[] = [];
  const { instances, proof } = honest;
  for (let word = 0; word < wordCount(instances); word++)
    cases.push({ name: `instance ${word}`, job: { ...honest, instances: flippedIn(instances, word) } });
  for (const length of [0, 32, 64, proof.length - 32, proof.length - 64])
    cases.push({ name: `proof of ${length}`, job: { ...honest, proof: proof.slice(0, length) } });
  for (const count of [0, 1, 10, 12, 200]) {
    const other = new Uint8Array(32 * count);
    other.set(instances.subarray(0, other.length));
    cases.push({ name: `${count} instances`, job: { ...honest, instances: other } });
  }
  for (let i = 0; i < 20; i++) {
    const random = Uint8Array.from(proof, () => next(256));
    cases.push({ name: `random proof ${i}`, job: { ...honest, proof: random } });
  }
  return cases;
}

const keyFlip = (word: number): Case => {
  const vka = concat(honest.vka.subarray(0, 8), flippedIn(honest.vka.subarray(8), word));
  return { name: `key word ${word}`, job: { ...honest, vka } };
};

/** Words of the key that state the circuit: digest, sizes, roots of unity, s·G2, commitments. */
const circuitWords = [
  0,
  2,
  3,
  6,
  7,
  8,
  9,
  ...Array.from({ length: 8 }, (_, i) => 16 + i),
  34,
  35,
  40,
  47,
  52,
];

test("over 300 altered proofs, public values and keys are refused within the gas bound", async (t) => {
  const ofProvers = [...proofFlips(), ...proofFlips(), ...aliases(), ...shapes()];
  const cases = [...ofProvers, ...circuitWords.map(keyFlip)];
  assert.ok(cases.length >= 300, `${cases.length} cases`);
  const results = await Promise.all(cases.map(({ job }) => pool.run(job)));
  const most = (of: readonly Verdict[]) =>
    of.map(({ gasUsed }) => gasUsed).sort((a, b) => (a < b ? 1 : -1))[0];
  const mostOfProvers = most(results.slice(0, ofProvers.length)) as bigint;
  t.diagnostic(`${cases.length} cases, most gas ${most(results)}; under the honest key ${mostOfProvers}`);
  assert.ok(mostOfProvers < 1_000_000n, "a prover cannot make the contract loop");
  const accepted = cases.filter((_, i) => results[i]?.valid).map(({ name }) => name);
  assert.deepEqual(accepted, []);
  assert.equal((await pool.run(honest)).valid, true);
});

test("a key whose program was altered ends in a verdict within the gas bound", async (t) => {
  const count = wordCount(honest.vka);
  const altered = Array.from({ length: 12 }, () =>
    keyFlip(Math.floor(count / 2) + next(Math.floor(count / 2))),
  );
  const endless = { ...honest, vka: honest.vka.slice() };
  endless.vka[8 + 32 * 5] = 0x80; // 2²⁵⁵ squarings
  const results = await Promise.all([...altered.map(({ job }) => job), endless].map((job) => pool.run(job)));
  for (const { gasUsed } of results) assert.ok(gasUsed <= verifyGasMax);
  assert.deepEqual(results.at(-1), { valid: false, gasUsed: verifyGasMax });
  t.diagnostic(
    `${results.filter(({ valid }) => valid).length} of ${results.length} altered keys still accept`,
  );
});

test("the contract takes trailing words for part of a proof, whose length the verifier checks", async () => {
  const { valid } = await pool.run({ ...honest, proof: concat(honest.proof, new Uint8Array(32)) });
  assert.equal(valid, true);
});

test("the EVM package's own curve arithmetic gives the same verdicts and gas", async (t) => {
  const { verifierCode } = honest;
  const reference = await createMachine(verifierCode);
  const ours = await createMachine(verifierCode, await createMclBn254());
  const flips = proofFlips().filter((_, i) => i % 12 === 0);
  const sample = [...flips, ...shapes().slice(8, 12), ...circuitWords.slice(7, 13).map(keyFlip)];
  for (const { name, job } of [{ name: "honest", job: honest }, ...sample])
    assert.deepEqual(await ours.verify(job), await reference.verify(job), name);
  t.diagnostic(`${sample.length + 1} statements, honest: ${(await ours.verify(honest)).gasUsed} gas`);
});

test("gas does not depend on what was verified before", async () => {
  const machine = await createMachine(honest.verifierCode, await createMclBn254());
  const { gasUsed } = await machine.verify(honest);
  for (const { job } of [...shapes().slice(8, 11), ...circuitWords.slice(7, 9).map(keyFlip)]) {
    await machine.verify(job);
    assert.deepEqual(await machine.verify(honest), { valid: true, gasUsed });
  }
});
