import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSpaces } from "#chain/app/modules.ts";
import { type Difference, firstDifference } from "#chain/node/difference.ts";
import { genesisOf } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { readInto } from "#chain/store/shelf.ts";
import { ensureCli } from "#cli/errors.ts";
import { playAgain } from "#cli/replay/play.ts";

/** What a state is compared with: a snapshot of another node's, or a replay of the blocks of a node. */
export type Reference = { readonly snapshot: string } | { readonly rpc: string };

/** A comparison at one height. */
export interface Compared {
  readonly height: bigint;
  readonly difference: Difference | undefined;
}

/** Runs work with an empty store in a folder of its own, which goes with it. */
export async function withScratch<T>(work: (store: NodeStore) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-diff-"));
  try {
    const store = await openDiskStore(folder, { spaces: storeSpaces });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Plays a node's chain up to a height into an empty store. */
async function replayInto(store: NodeStore, rpc: string, until: bigint): Promise<void> {
  const genesis = await genesisOf(rpc);
  const chain = { genesis, blocks: blocksOf(rpc, genesis.initialHeight, until) };
  await playAgain(chain, store, { threads: 1 });
}

/**
 * Finds the first entry in which a state differs from a reference: at the height of the snapshot, which the
 * state must have kept, or at the state's own height where blocks are replayed. Throws CliError, ReplayError.
 */
export const compareState = (ours: NodeStore, reference: Reference): Promise<Compared> =>
  withScratch(async (theirs) => {
    if ("snapshot" in reference) await readInto(theirs, reference.snapshot);
    else await replayInto(theirs, reference.rpc, ours.height);
    const { height } = theirs;
    const view = ours.at(height);
    ensureCli(view, `this node does not keep its state of height ${height}`);
    return { height, difference: await firstDifference(view.dump(), theirs.dump()) };
  });
