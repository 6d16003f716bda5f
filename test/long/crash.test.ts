import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { crash } from "#test/kit/crashes.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const KILLS = 1_000;

test("an app killed 1,000 times between and inside the calls of consensus never differs", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const report = await crash(SEED, KILLS, (done) => {
    if (done % 100 === 0) process.stdout.write(`${done} kills\n`);
  });
  const { kills, height, replayed, places } = report;
  t.diagnostic(`seed ${SEED}: ${kills} kills, height ${height}, ${replayed} blocks played again`);
  t.diagnostic(`0 divergences, 0 repairs; ${JSON.stringify(places)}`);
  assert.equal(kills, KILLS);
  for (const call of ["info", "prepareProposal", "processProposal", "finalizeBlock", "commit"])
    for (const moment of ["before", "sent", "after"])
      assert.ok((places[`${call}/${moment}`] ?? 0) > 0, `no kill at ${call}/${moment}`);
  assert.ok(replayed > 0n);
});
