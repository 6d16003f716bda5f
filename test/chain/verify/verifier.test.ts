import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { feltModulus, words } from "#chain/protocol/field.ts";
import { type ProofStatement, statementHash } from "#chain/protocol/statement.ts";
import type { ProofJob, Verdict } from "#chain/verify/machine.ts";
import { WorkerPool } from "#chain/verify/pool.ts";
import { type ProofTask, type TemplateKey, VerifierFailure } from "#chain/verify/types.ts";
import { type RunningVerifier, startVerifier } from "#chain/verify/verifier.ts";
import { wheelVerdicts, type ZkSample, zkSample } from "#test/kit/zk.ts";

let tiny: ZkSample;
let regression: ZkSample;
let network: ZkSample;
let verifier: RunningVerifier;
before(async () => {
  tiny = await zkSample("lr-4");
  regression = await zkSample("lr-64");
  network = await zkSample("mlp-64-4");
  verifier = startVerifier();
});
after(() => verifier.close());

const first = (sample: ZkSample): ProofStatement => sample.statements[0] as ProofStatement;

/** The verdicts on statements under one key, in order. */
async function verdicts(key: TemplateKey, ...statements: ProofStatement[]): Promise<(boolean | undefined)[]> {
  const map = await verifier.verifyAll(statements.map((statement) => ({ key, statement })));
  return statements.map((statement) => map.get(toHex(statementHash(statement))));
}

const flipped = (data: Uint8Array, bit: number): Uint8Array => {
  const out = data.slice();
  out[bit >>> 3] = (out[bit >>> 3] as number) ^ (1 << (bit & 7));
  return out;
};

test("honest proofs of every template are accepted", async (t) => {
  for (const { key, statements } of [tiny, regression, network])
    assert.deepEqual(
      await verdicts(key, ...statements),
      statements.map(() => true),
    );
  t.diagnostic(`threads ${verifier.threadIds().length}, verdicts kept ${verifier.verdictCount()}`);
});

test("a proof of another length is refused, also with whole words appended or cut off", async () => {
  const { key } = tiny;
  const honest = first(tiny);
  const { proof } = honest;
  const lengths = [0, 1, 32, proof.length - 32, proof.length - 1, proof.length + 1, proof.length + 32];
  const altered = lengths.map((length) => {
    const bytes = new Uint8Array(length);
    bytes.set(proof.subarray(0, length));
    return { ...honest, proof: bytes };
  });
  assert.deepEqual(
    await verdicts(key, ...altered),
    lengths.map(() => false),
  );
});

test("a changed public value of any kind is refused", async () => {
  const honest = first(regression);
  const places = [0, 1, 256, 512, 513, 520];
  const altered = places.map((place) => ({
    ...honest,
    instances: honest.instances.map((felt, i) => (i === place ? (felt + 1n) % feltModulus : felt)),
  }));
  assert.deepEqual(
    await verdicts(regression.key, ...altered),
    places.map(() => false),
  );
});

test("the same value written above r is refused", async () => {
  const honest = first(tiny);
  const altered = honest.instances.map((_, place) => ({
    ...honest,
    instances: honest.instances.map((felt, i) => (i === place ? felt + feltModulus : felt)),
  }));
  assert.deepEqual(
    await verdicts(tiny.key, ...altered),
    altered.map(() => false),
  );
});

test("a missing, an additional and a swapped public value are refused", async () => {
  const honest = first(tiny);
  const { instances } = honest;
  const swapped = instances.toSpliced(1, 2, instances[2] as bigint, instances[1] as bigint);
  assert.notDeepEqual(swapped, instances);
  const altered = [instances.slice(0, -1), [...instances, 0n], [], swapped].map((values) => ({
    ...honest,
    instances: values,
  }));
  assert.deepEqual(await verdicts(tiny.key, ...altered), [false, false, false, false]);
});

test("a proof of another model or of another input does not show these public values", async () => {
  const [model1, model2, otherInput] = regression.statements as [
    ProofStatement,
    ProofStatement,
    ProofStatement,
  ];
  assert.notEqual(model1.instances[0], model2.instances[0], "models differ in the hash of their parameters");
  assert.equal(model1.instances[0], otherInput.instances[0]);
  const altered = [
    { ...model1, proof: model2.proof },
    { ...model1, proof: otherInput.proof },
    { ...otherInput, instances: otherInput.instances.with(0, model2.instances[0] as bigint) },
  ];
  assert.deepEqual(await verdicts(regression.key, ...altered), [false, false, false]);
});

test("a proof is refused under another template's key, even where sizes fit", async () => {
  const { templateId, vka } = network.key;
  const lengthened = new Uint8Array(network.key.proofLength);
  lengthened.set(first(regression).proof);
  const statement = { ...first(regression), templateId, proof: lengthened };
  assert.equal(statement.instances.length, network.key.instanceCount);
  assert.deepEqual(
    await verdicts(network.key, statement, { ...first(network), templateId: tiny.key.templateId }),
    [false, false],
  );
  const swapped = { ...regression.key, vka };
  assert.deepEqual(await verdicts(swapped, first(regression)), [false]);
});

test("malformed keys and verifier code give no valid verdict and no exception", async () => {
  const honest = first(tiny);
  const { vka, verifierCode } = tiny.key;
  const keys: Partial<TemplateKey>[] = [
    { vka: new Uint8Array(0) },
    { vka: vka.subarray(0, 8) },
    { vka: vka.subarray(8) },
    { vka: vka.subarray(0, vka.length - 32) },
    { vka: flipped(vka, 0) },
    { vka: new Uint8Array(vka.length).fill(255) },
    { verifierCode: new Uint8Array(0) },
    { verifierCode: verifierCode.subarray(0, 100) },
    { verifierCode: Uint8Array.of(0x5b, 0x60, 0x00, 0x56) }, // loops for ever: the gas bound ends it
  ];
  for (const altered of keys) assert.deepEqual(await verdicts({ ...tiny.key, ...altered }, honest), [false]);
  assert.deepEqual(await verdicts(tiny.key, honest), [true]);
});

test("the wheel's own verifier agrees on honest and altered statements", async () => {
  const honest = first(tiny);
  const { instances, proof } = honest;
  const statements = [
    honest,
    ...[3, 400, 8000, 15_000, 21_000].map((bit) => ({ ...honest, proof: flipped(proof, bit) })),
    ...instances.map((_, i) => ({ ...honest, instances: instances.with(i, (instances[i] as bigint) ^ 1n) })),
  ];
  const ours = await verdicts(tiny.key, ...statements);
  assert.deepEqual(ours, await wheelVerdicts(tiny, statements));
  assert.equal(ours.filter(Boolean).length, 1);
});

test("verdicts are kept up to a bound, one for a statement asked for several times at once", async () => {
  const own = startVerifier({ threads: 1, verdictsMax: 2 });
  try {
    const task: ProofTask = { key: tiny.key, statement: first(tiny) };
    const both = await Promise.all([own.verifyAll([task, task]), own.verifyAll([task])]);
    assert.deepEqual(
      both.flatMap((map) => [...map.values()]),
      [true, true],
    );
    assert.equal(own.verdictCount(), 1);
    const others = [5, 6, 7].map((bit) => ({ ...first(tiny), proof: flipped(first(tiny).proof, bit) }));
    await own.verifyAll(others.map((statement) => ({ key: tiny.key, statement })));
    assert.equal(own.verdictCount(), 2);
    assert.deepEqual([...(await own.verifyAll([task])).values()], [true]);
  } finally {
    await own.close();
  }
});

test("a verdict kept for one key does not answer for another of the same template id", async () => {
  const forged = { ...tiny.key, vka: flipped(tiny.key.vka, 8 * (8 + 32 * 40)) };
  assert.deepEqual(await verdicts(tiny.key, first(tiny)), [true]);
  assert.deepEqual(await verdicts(forged, first(tiny)), [false]);
  const tasks = [forged, tiny.key].map((key) => ({ key, statement: first(tiny) }));
  assert.deepEqual([...(await verifier.verifyAll(tasks)).values()], [false], "all keys must agree");
});

test("verdicts and gas are the same on every thread, whatever the thread did before", async (t) => {
  const pool = new WorkerPool<ProofJob, Verdict>({
    entry: new URL("../../../chain/verify/worker.ts", import.meta.url),
    threads: 2,
    timeoutMs: 60_000,
  });
  const job = ({ key }: ZkSample, { instances, proof }: ProofStatement): ProofJob => ({
    ...{ verifierCode: key.verifierCode, vka: key.vka, instances: words(instances), proof },
  });
  try {
    const same = await Promise.all([tiny, tiny].map((sample) => pool.run(job(sample, first(sample)))));
    await pool.run(job(network, first(network)));
    await assert.rejects(pool.run({ ...job(tiny, first(tiny)), vka: undefined as never }), VerifierFailure);
    same.push(await pool.run(job(tiny, first(tiny))), await pool.run(job(tiny, first(tiny))));
    for (const verdict of same) assert.deepEqual(verdict, { valid: true, gasUsed: same[0]?.gasUsed });
    t.diagnostic(`gas of 11 public values: ${same[0]?.gasUsed}`);
  } finally {
    await pool.close();
  }
});

test("threads that cannot answer in time give a failure and never a verdict", async () => {
  const hasty = startVerifier({ threads: 1, timeoutMs: 1 });
  try {
    await assert.rejects(hasty.verifyAll([{ key: tiny.key, statement: first(tiny) }]), VerifierFailure);
  } finally {
    await hasty.close();
  }
});
