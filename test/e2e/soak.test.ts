import { randomInt } from "node:crypto";
import { test } from "node:test";
import { expectSound, soakLines } from "#test/kit/soak/judge.ts";
import { soak } from "#test/kit/soak/soak.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));

test("a node under mixed load is killed and goes on, and another app has the same hashes", async (t) => {
  const report = await soak({
    ...{ seed: SEED, killingMs: 6_000, quietMs: 3_000 },
    ...{ pauseMinMs: 1_000, pauseMaxMs: 4_000 },
  });
  for (const line of soakLines(SEED, report)) t.diagnostic(line);
  expectSound(report);
});
