import assert from "node:assert/strict";
import { test } from "node:test";
import { startVerifier } from "#chain/verify/verifier.ts";
import { timedVerifier, type VerifiedProof } from "#cli/node/timed-verifier.ts";
import { zkSample } from "#test/kit/zk.ts";

test("a proof is timed once, a false one too, and the verdicts are the verifier's own", async () => {
  const { key, statements } = await zkSample("lr-4");
  const [statement] = statements;
  assert.ok(statement);
  const proof = statement.proof.with(100, (statement.proof[100] ?? 0) ^ 1);
  const tasks = [statement, { ...statement, proof }].map((each) => ({ key, statement: each }));
  const told: VerifiedProof[] = [];
  const plain = startVerifier({ threads: 1 });
  const timed = timedVerifier(plain, (each) => told.push(each));
  try {
    const first = await timed.verifyAll(tasks);
    assert.deepEqual(await timed.verifyAll(tasks), first);
    assert.deepEqual(await plain.verifyAll(tasks), first);
    assert.deepEqual([...first.values()].sort(), [false, true]);
    assert.deepEqual(told.map(({ valid }) => valid).sort(), [false, true]);
    for (const { params, verifyMs } of told) {
      assert.equal(params, String(statement.instances[0]));
      assert.ok(verifyMs > 0);
    }
  } finally {
    await timed.close();
  }
});
