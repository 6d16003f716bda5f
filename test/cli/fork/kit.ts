import assert from "node:assert/strict";
import type { App } from "#chain/app.ts";
import type { ChainForkChoices } from "#cli/fork/choices.ts";
import { type ChainFork, forkChain } from "#cli/fork/fork-chain.ts";
import { sourceOf } from "#cli/fork/source.ts";
import { beginWith, type Exported } from "#cli/genesis/exported.ts";
import { person } from "#test/kit/accounts.ts";
import { START_MS, type TestChain } from "#test/kit/chain.ts";
import { type StageChoice, stage } from "#test/kit/game/stage.ts";
import { CHAIN_ID, TOKEN } from "#test/kit/genesis.ts";
import { staked } from "#test/kit/staked.ts";

export const val = person("val");
export const dora = person("dora");

/** A stage whose chain has a validator with somebody else's stake too. */
export const stakedStage = (choice: StageChoice = {}) =>
  stage({
    ...choice,
    others: [val, dora],
    alter: staked([
      {
        who: val,
        stakes: [
          [val, 100n * TOKEN],
          [dora, 50n * TOKEN],
        ],
      },
    ]),
  });

/** A chain's state as its export. */
export const exportOf = (chain: TestChain): Exported => ({
  chainId: CHAIN_ID,
  initialHeight: chain.height() + 1n,
  timeMs: START_MS + chain.height() * 1_000n,
  appState: chain.app.dump(),
});

/** Forks a chain by its export. */
export async function forked(chain: TestChain, choices: Partial<ChainForkChoices> = {}): Promise<ChainFork> {
  const exported = exportOf(chain);
  return forkChain(sourceOf(await beginWith(exported), exported), {
    chainId: "fork-1",
    beaconKeys: [],
    ...choices,
  });
}

/** Runs empty blocks on a chain that begins with a fork. */
export async function runs({ exported }: ChainFork, blocks: number): Promise<App> {
  const app = await beginWith(exported);
  const proposer = new Uint8Array(20);
  for (let i = 0n; i < blocks; i++) {
    const height = exported.initialHeight + i;
    await app.finalizeBlock({ height, timeMs: START_MS + height * 1_000n, proposer, txs: [] });
    await app.commit();
  }
  assert.equal(app.info().height, exported.initialHeight + BigInt(blocks) - 1n);
  return app;
}
