import assert from "node:assert/strict";
import test from "node:test";
import { slices } from "#test/kit/slices.ts";
import { play } from "../modules/distribution/economy.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "economy 2026";
const CHAINS = 30;
const BLOCKS = 600;
/** Of so many chains one begins with a crowd on its way out of a validator. */
const CROWDED_EACH = 3;

for (const { from } of slices(SEED, CHAINS, 1))
  test(`an economy of stake runs for ${BLOCKS} blocks, chain ${from}: every book stays right`, async (t) => {
    const isCrowded = from % CROWDED_EACH === 0;
    const seed = `${SEED} ${from}`;
    process.stdout.write(`seed "${seed}"${isCrowded ? ", crowded" : ""}\n`);
    const { done, compared, displaced } = await play(seed, BLOCKS, { isCrowded });
    const deeds = [...done].map(([kind, times]) => `${kind}×${times}`).join(" ");
    t.diagnostic(`seed "${seed}": ${deeds}; ${compared} rewards compared, ${displaced} displaced`);
    for (const kind of ["create", "delegate", "undelegate", "redelegate", "withdraw", "edit"])
      assert.ok((done.get(kind) ?? 0) > 1, `${kind} happened`);
    assert.equal(displaced > 0, isCrowded);
  });
