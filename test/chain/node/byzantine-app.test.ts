import assert from "node:assert/strict";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { type Difference, firstDifference } from "#chain/node/difference.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs, START_MS } from "#test/kit/chain.ts";
import { CHAIN_ID, genesis } from "#test/kit/genesis.ts";
import { type Mutation, mutatedStore } from "#test/kit/mutated-store.ts";
import { signatures } from "#test/kit/verifier.ts";
import { randomOf } from "#trainer/random.ts";

const NODES = 4;
const MUTATION_AFTER = 4;
const BLOCKS = 12;
const RUNS = 40;

const hex = (bytes: Uint8Array | undefined): string => toHex(bytes ?? assert.fail("there are no bytes"));

interface Halted {
  readonly node: number;
  readonly height: bigint;
  readonly difference: Difference | undefined;
}

/** Runs four apps; one whose hash is not that of two thirds halts and compares itself with another. */
async function run(
  seed: string,
): Promise<{ halted: Halted[]; mutation: Mutation | undefined; culprit: number }> {
  const random = randomOf(seed);
  const culprit = random.below(NODES);
  const at = BigInt(2 + random.below(MUTATION_AFTER));
  let mutation: Mutation | undefined;
  const stores = Array.from({ length: NODES }, (_, i) => {
    const store = memoryStore({ spaces: storeSpaces });
    return i === culprit ? mutatedStore(store, random, at, (one) => (mutation = one)) : store;
  });
  const apps = stores.map((store) => new App({ store, proofs: noProofs, signatures, invariants: "none" }));
  const appState = genesis({ members: people("m1"), others: people("ann") });
  for (const app of apps) app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight: 1n, appState });
  const halted: Halted[] = [];
  for (let height = 1n; height <= BigInt(BLOCKS); height++) {
    const running = apps.map((_, i) => i).filter((i) => !halted.some(({ node }) => node === i));
    const block = { height, timeMs: START_MS + height * 1_000n, proposer: new Uint8Array(20), txs: [] };
    for (const i of running) {
      await apps[i]?.finalizeBlock(block);
      await apps[i]?.commit();
    }
    const hashes = running.map((i) => stores[i]?.appHash ?? assert.fail());
    const agreed = hashes.find(
      (hash) => hashes.filter((other) => equalBytes(hash, other)).length * 3 > NODES * 2,
    );
    assert.ok(agreed, `no two thirds at height ${height}`);
    for (const [position, node] of running.entries()) {
      if (equalBytes(hashes[position] ?? assert.fail(), agreed)) continue;
      const honest = running.find((_, p) => equalBytes(hashes[p] ?? assert.fail(), agreed)) ?? assert.fail();
      const difference = await firstDifference(stores[node]?.dump() ?? [], stores[honest]?.dump() ?? []);
      halted.push({ node, height, difference });
    }
  }
  return { halted, mutation, culprit };
}

test(`of four apps the one with a wrong bit halts alone and names its key, ${RUNS} times`, async () => {
  for (let i = 0; i < RUNS; i++) {
    const { halted, mutation, culprit } = await run(`byzantine app ${i}`);
    assert.equal(halted.length, 1);
    const [{ node, height, difference } = assert.fail()] = halted;
    assert.equal(node, culprit);
    assert.equal(height, mutation?.height);
    assert.equal(difference?.space, mutation?.changed.space);
    assert.equal(hex(difference?.key), hex(mutation?.changed.key));
    assert.equal(hex(difference?.theirs), hex(mutation?.changed.value));
  }
});
