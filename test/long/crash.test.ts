import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { crash } from "#test/kit/crashes.ts";
import { slices } from "#test/kit/slices.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const KILLS = 1_000;
const KILLS_PER_HOME = 50;

test("an app killed 1,000 times between and inside the calls of consensus never differs", async (t) => {
  const places: Record<string, number> = {};
  let [done, blocks, replayed] = [0, 0n, 0n];
  const parts = slices(SEED, KILLS, KILLS_PER_HOME);
  for (const { seed, from, count } of parts) {
    const report = await crash(seed, count);
    for (const [place, times] of Object.entries(report.places)) places[place] = (places[place] ?? 0) + times;
    done += report.kills;
    blocks += report.height;
    replayed += report.replayed;
    const went = `height ${report.height}, ${report.replayed} blocks played again`;
    process.stdout.write(`seed ${seed}, from ${from}: ${report.kills} kills, ${went}, 0 divergences\n`);
  }
  t.diagnostic(`seed ${SEED}: ${done} kills in ${blocks} blocks, ${replayed} of them played again`);
  t.diagnostic(`0 divergences, 0 repairs; ${JSON.stringify(places)}`);
  assert.equal(done, parts.length * KILLS_PER_HOME);
  assert.ok(replayed > 0n);
  if (done < KILLS) return;
  for (const call of ["info", "prepareProposal", "processProposal", "finalizeBlock", "commit"])
    for (const moment of ["before", "sent", "after"])
      assert.ok((places[`${call}/${moment}`] ?? 0) > 0, `no kill at ${call}/${moment}`);
});
