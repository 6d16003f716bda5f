import assert from "node:assert/strict";
import test from "node:test";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { kindNames, play } from "../modules/gov/crowd.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "gov 2026";
const CHAINS = 40;
const BLOCKS = 150;

for (const kind of kindNames)
  test(`${CHAINS} crowds of ${kind} say anything for ${BLOCKS} blocks: every book stays right`, async (t) => {
    let [proposals, enacted] = [0, 0];
    for (let chain = 0; chain < CHAINS; chain++) {
      const seed = `${SEED} ${kind} ${chain}`;
      process.stdout.write(`seed "${seed}"\n`);
      const ends = await play(kind, seed, BLOCKS);
      for (const count of ends.values()) proposals += count;
      enacted += ends.get(ProposalStatus.PROPOSAL_STATUS_ENACTED) ?? 0;
    }
    t.diagnostic(`seed "${SEED}": ${CHAINS} chains, ${proposals} proposals, ${enacted} enacted`);
    assert.ok(enacted > CHAINS / 2, `${enacted} of ${proposals} enacted`);
  });
