import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { ChainBug } from "#chain/kernel/error.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { noQuirks, playBlock, playUntil, runningRounds, type World } from "#test/kit/game/play.ts";
import { stage } from "#test/kit/game/stage.ts";
import { genesis } from "#test/kit/genesis.ts";
import { bareApp, initWith, newApp, nextBlock, pay, START_MS } from "./kit.ts";

const [ann, ben] = people("ann", "ben") as [Person, Person];
const choice = { members: [], others: [ann, ben] };

test("genesis may come again before the first block and gives the same hash", async () => {
  const app = newApp(choice);
  const again = initWith(app, genesis(choice));
  assert.equal(toHex(again), toHex(initWith(bareApp(), genesis(choice))));
  await app.finalizeBlock(nextBlock(app, []));
  assert.equal(toHex(initWith(app, genesis(choice))), toHex(again));
  await app.finalizeBlock(nextBlock(app, []));
  await app.commit();
  assert.throws(() => initWith(app, genesis(choice)), ChainBug);
});

test("finalizing a block again gives the same, and only the last one is committed", async () => {
  const app = newApp(choice);
  const chain = newChain(choice);
  const paying = chain.sign(ann, pay(ann, ben));
  const one = await app.finalizeBlock(nextBlock(app, [paying]));
  const other = await app.finalizeBlock(nextBlock(app, []));
  assert.notEqual(toHex(one.appHash), toHex(other.appHash));
  const again = await app.finalizeBlock(nextBlock(app, [paying]));
  assert.deepEqual(again, one);
  await app.commit();
  assert.equal(toHex(app.info().appHash), toHex(one.appHash));
  await assert.rejects(app.commit(), ChainBug);
});

test("a node that dies between finalize and commit replays the block to the same hash", async () => {
  const folder = await mkdtemp(join(tmpdir(), "iterum-app-"));
  try {
    const options = { spaces: storeSpaces };
    const chain = newChain(choice);
    const txs = [chain.sign(ann, pay(ann, ben))];
    let store = await openDiskStore(folder, options);
    let app = newApp(choice, { store });
    await app.finalizeBlock(nextBlock(app, []));
    await app.commit();
    const lost = await app.finalizeBlock(nextBlock(app, txs));
    await store.close();

    store = await openDiskStore(folder, options);
    app = bareApp({ store });
    assert.equal(app.info().height, 1n);
    const replayed = await app.finalizeBlock(nextBlock(app, txs));
    assert.deepEqual(replayed, lost);
    await app.commit();
    await store.close();

    store = await openDiskStore(folder, options);
    assert.deepEqual(bareApp({ store }).info(), { height: 2n, appHash: lost.appHash });
    await store.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A world whose blocks are kept. */
function recorded(world: World): { world: World; blocks: (readonly Uint8Array[])[] } {
  const blocks: (readonly Uint8Array[])[] = [];
  const rawBlock: TestChain["rawBlock"] = (txs) => {
    blocks.push(txs);
    return world.chain.rawBlock(txs);
  };
  return { world: { ...world, chain: { ...world.chain, rawBlock } }, blocks };
}

const play = async (world: World, blocks: number): Promise<void> => {
  for (let i = 0; i < blocks; i++) await playBlock(world, runningRounds(world), noQuirks);
};

const textOf = (state: AppState): string => JSON.stringify(state);

for (const phase of [
  Phase.PHASE_OPEN,
  Phase.PHASE_REVEAL_INPUTS_2,
  Phase.PHASE_OPEN_PREDICTIONS,
  Phase.PHASE_SETTLE,
])
  test(`a state exported in phase ${phase} and imported again continues alike`, async () => {
    const first = stage();
    await playUntil(first, 1n, phase);
    await play(first, 1);
    const exported = first.chain.app.dump();
    const height = first.chain.height();
    const imported = bareApp();
    const hash = initWith(imported, exported, height + 1n);
    assert.equal(toHex(hash), toHex(initWith(bareApp(), exported, height + 1n)));
    assert.equal(textOf(imported.dump()), textOf(exported));

    const { world, blocks } = recorded(first);
    await play(world, 70);
    for (const txs of blocks) {
      const next = imported.info().height === 0n ? height + 1n : imported.info().height + 1n;
      const block = { height: next, timeMs: START_MS + next * 1_000n, proposer: new Uint8Array(20), txs };
      const { txResults } = await imported.finalizeBlock(block);
      assert.ok(txResults.every(({ code }) => code === 0));
      await imported.commit();
    }
    assert.equal(textOf(imported.dump()), textOf(world.chain.app.dump()));
  });
