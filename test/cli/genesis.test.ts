import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { electionFor, itemsMost, scheduleFor } from "#cli/demo/plan.ts";
import { defaultBaseFile, readBase, typedGenesis } from "#cli/genesis/base.ts";
import { bindMember, completeGenesis, gameIdOf, priorPpm } from "#cli/genesis/complete.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs } from "#test/kit/chain.ts";
import { VOCABULARY } from "#test/kit/genesis.ts";
import { refusingVerifier, unprovableTemplate } from "#test/kit/template.ts";
import { signatures as verifier } from "#test/kit/verifier.ts";

const base = await readBase();
const template = unprovableTemplate();
const templates = {
  setup: { g2: template.srsG2, insecure: true },
  templates: [template],
  verifierCode: refusingVerifier,
};
const chainId = "iterum-plan-1";
const crowd = people("ann", "bob", "cid", "dan", "eve", "fay", "gus");

const completed = (choices: Partial<Parameters<typeof completeGenesis>[1]>): AppState =>
  completeGenesis(base, {
    ...{ chainId, templates, vocabulary: VOCABULARY, beaconKeys: [] },
    accounts: crowd.map(({ address }) => ({ address, amount: 1_000_000n })),
    members: crowd.map(({ address, ethereumKey }) =>
      bindMember(chainId, gameIdOf(base), address, ethereumKey),
    ),
    ...choices,
  });

const accepts = (appState: AppState): void => {
  const app = new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs: noProofs,
    signatures: verifier,
    invariants: "full",
  });
  app.initChain({ chainId, timeMs: 1n, initialHeight: 1n, appState });
};

test("a prior sums to one and gives every class at least 5 %, in the order of the frequencies", () => {
  const counts = fc.array(fc.nat({ max: 100_000 }), { minLength: 2, maxLength: 16 });
  fc.assert(
    fc.property(counts, (frequencies) => {
      const prior = priorPpm(frequencies);
      assert.equal(
        prior.reduce((sum, each) => sum + each, 0),
        1_000_000,
      );
      assert.ok(prior.every((each) => each >= 50_000));
      for (const [i, a] of frequencies.entries())
        for (const [j, b] of frequencies.entries())
          if (a > b) assert.ok((prior[i] as number) >= (prior[j] as number));
    }),
  );
});

test("the default game is complete but for what is filled in, and the chain accepts it", () => {
  accepts(completed({}));
});

test("the chain accepts the demo's schedule for any number of items and any speed of proofs", () => {
  const proofs = fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.integer({ min: 12, max: itemsMost }), proofs, (items, times) => {
      const size = { items, committee: 6 };
      const schedule = scheduleFor(size, times);
      const total = times.reduce((sum, each) => sum + each, 0);
      assert.ok(schedule.prove * 1_000 >= 4 * total);
      const election = electionFor(size);
      assert.ok((election.itemsMax ?? 0) >= items);
      accepts(completed({ schedule, election }));
    }),
    { numRuns: 25 },
  );
});

test("a member that another Ethereum account bound is refused", () => {
  const [ann, bob] = crowd;
  assert.ok(ann && bob);
  const forged = bindMember("another-chain", gameIdOf(base), ann.address, bob.ethereumKey);
  assert.throws(() => accepts(completed({ members: [forged] })), /does not bind/);
});

test("a genesis file with an unknown module or key, or without a module, is refused", async () => {
  const file = JSON.parse(await readFile(defaultBaseFile, "utf8")) as Record<string, object>;
  assert.throws(
    () => typedGenesis({ ...file, casino: {} } as AppState, "x.json"),
    /x\.json: no module casino/,
  );
  const odd = { ...file, bank: { ...file["bank"], printer: true } };
  assert.throws(() => typedGenesis(odd as AppState, "x.json"), /unknown key printer/);
  const { bank: _, ...bankless } = file;
  assert.throws(() => typedGenesis(bankless as AppState, "x.json"), /the state of bank is missing/);
});
