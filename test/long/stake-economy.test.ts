import assert from "node:assert/strict";
import test from "node:test";
import { play } from "../modules/distribution/economy.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "economy 2026";
const CHAINS = 30;
const BLOCKS = 600;

test(`${CHAINS} economies of stake run for ${BLOCKS} blocks each: every book stays right`, async (t) => {
  const done = new Map<string, number>();
  let compared = 0;
  for (let chain = 0; chain < CHAINS; chain++) {
    const seed = `${SEED} ${chain}`;
    process.stdout.write(`seed "${seed}"\n`);
    const tally = await play(seed, BLOCKS);
    for (const [kind, times] of tally.done) done.set(kind, (done.get(kind) ?? 0) + times);
    compared += tally.compared;
  }
  const deeds = [...done].map(([kind, times]) => `${kind}×${times}`).join(" ");
  t.diagnostic(`seed "${SEED}": ${CHAINS} chains, ${deeds}; ${compared} rewards compared`);
  for (const kind of ["create", "delegate", "undelegate", "redelegate", "withdraw", "unjail", "edit"])
    assert.ok((done.get(kind) ?? 0) > CHAINS, `${kind} happened`);
});
