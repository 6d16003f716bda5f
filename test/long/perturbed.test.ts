import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { planOf } from "#test/kit/netns/generate.ts";
import { NetnsUnavailable } from "#test/kit/netns/namespaces.ts";
import { complaints } from "#test/kit/netns/report.ts";
import { runInNetwork } from "#test/kit/netns/start.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const FROM = Number(process.env["ITERUM_TEST_FROM"] ?? 0);
const COUNT = Number(process.env["ITERUM_TEST_COUNT"] ?? 10);

for (let i = FROM; i < FROM + COUNT; i++) {
  const seed = `${SEED} ${i}`;
  test(`a net disturbed as of seed "${seed}" has one chain and goes on`, async (t) => {
    const plan = planOf(seed);
    t.diagnostic(`ITERUM_TEST_SEED=${SEED}, ${plan.validators} validators`);
    try {
      const report = await runInNetwork(plan, (line) => t.diagnostic(line));
      const blocks = Math.max(...report.nodes.map(({ own }) => own.height));
      const restarts = report.nodes.reduce((sum, node) => sum + node.restarts, 0);
      t.diagnostic(`${blocks} blocks, ${restarts} restarts, ${report.sends.done} sends`);
      assert.deepEqual(complaints(report), []);
      assert.ok(report.replayedTo > 0);
    } catch (error) {
      if (!(error instanceof NetnsUnavailable)) throw error;
      t.skip(error.message);
    }
  });
}
