import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSpaces } from "#chain/app/modules.ts";
import type { AppOptions, Block, BlockResult, Genesis } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { describeDifference, firstDifference } from "#chain/node/difference.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { readInto, writeSnapshot } from "#chain/store/shelf.ts";
import { noProofs } from "#test/kit/chain.ts";
import { bls } from "#test/kit/verifier.ts";

/** A chain that was played, to be played again. */
export interface Recording {
  readonly genesis: Genesis;
  readonly blocks: readonly Block[];
}

/** A node: its app and where that keeps its state. */
interface Branch {
  readonly app: App;
  readonly store: NodeStore;
}

/** Keeps genesis and every block of the first chain that the work plays in this process. */
export async function record(work: () => Promise<unknown>): Promise<Recording> {
  const { initChain, finalizeBlock } = App.prototype;
  const blocks: Block[] = [];
  let first: { readonly app: App; readonly genesis: Genesis } | undefined;
  App.prototype.initChain = function (genesis) {
    first ??= { app: this, genesis };
    return initChain.call(this, genesis);
  };
  App.prototype.finalizeBlock = function (block) {
    if (this === first?.app) blocks.push(block);
    return finalizeBlock.call(this, block);
  };
  try {
    await work();
  } finally {
    Object.assign(App.prototype, { initChain, finalizeBlock });
  }
  if (first === undefined) throw new Error("no chain was played");
  return { genesis: first.genesis, blocks };
}

/** How branches check signatures. */
type Signatures = AppOptions["signatures"];

function branchOf(store: NodeStore, signatures: Signatures): Branch {
  const app = new App({ store, proofs: noProofs, signatures, bls, invariants: "none" });
  return { app, store };
}

/** A new chain from what another exported. */
function imported(genesis: Genesis, signatures: Signatures): Branch {
  const branch = branchOf(memoryStore({ spaces: storeSpaces }), signatures);
  branch.app.initChain(genesis);
  return branch;
}

/** A node that took a snapshot of another. */
async function restored({ store }: Branch, signatures: Signatures): Promise<Branch> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-branch-"));
  try {
    await writeSnapshot(store, store.height, join(folder, "snapshot"));
    const copy = memoryStore({ spaces: storeSpaces });
    await readInto(copy, join(folder, "snapshot"));
    return branchOf(copy, signatures);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function play({ app }: Branch, block: Block): Promise<BlockResult> {
  const result = await app.finalizeBlock(block);
  await app.commit();
  return result;
}

/** What a block came to, but for its app hash. */
const resultsOf = ({ txResults, validatorUpdates }: BlockResult): string =>
  [
    ...txResults.map(({ code, codespace, gasUsed, data }) => [code, codespace, gasUsed, toHex(data)]),
    ...validatorUpdates.map(({ publicKey, power }) => [toHex(publicKey), power]),
  ].join(" ");

async function ensureSame({ store }: Branch, other: Branch, what: string): Promise<void> {
  const difference = await firstDifference(other.store.dump(), store.dump());
  assert.equal(difference && describeDifference(difference), undefined, what);
}

/** What a chain with branches came to. */
export interface BranchReport {
  readonly blocks: number;
  readonly branches: number;
  readonly compared: number;
}

/**
 * Plays a recording. After each of the heights the state goes two ways to a new node: exported and imported
 * as a genesis, and by a snapshot. Both must have every entry of it, then take the next blocks with the same
 * results to the same entries; the node of the snapshot has the same app hash too, at once and later. (An
 * import has another: a tree's hash tells in which version an entry was written.) Throws where one differs.
 */
export async function branchAt(
  { genesis, blocks }: Recording,
  heights: ReadonlySet<number>,
  follow: number,
  signatures: Signatures,
): Promise<BranchReport> {
  const main = imported(genesis, signatures);
  let branches: { readonly what: string; readonly branch: Branch; left: number }[] = [];
  const count = { blocks: 0, branches: 0, compared: 0 };
  for (const block of blocks) {
    const result = await play(main, block);
    for (const each of branches) {
      const { what, branch } = each;
      const again = await play(branch, block);
      assert.equal(resultsOf(again), resultsOf(result), `results of ${block.height}, ${what}`);
      if (what.startsWith("snapshot"))
        assert.deepEqual(again.appHash, result.appHash, `${block.height}, ${what}`);
      await ensureSame(main, branch, `${block.height}, ${what}`);
      each.left--;
      count.compared++;
    }
    branches = branches.filter(({ left }) => left > 0);
    count.blocks++;
    if (!heights.has(Number(block.height))) continue;
    const snapshot = await restored(main, signatures);
    assert.deepEqual(snapshot.app.info(), main.app.info(), `snapshot of ${block.height}`);
    const appState = main.app.dump();
    const initialHeight = block.height + 1n;
    const { timeMs } = block;
    const fromExport = imported({ ...genesis, timeMs, initialHeight, appState }, signatures);
    assert.deepEqual(fromExport.app.dump(), appState, `export of ${block.height}`);
    await ensureSame(main, snapshot, `snapshot of ${block.height}`);
    branches.push({ what: `snapshot of ${block.height}`, branch: snapshot, left: follow });
    branches.push({ what: `export of ${block.height}`, branch: fromExport, left: follow });
    count.branches += 2;
  }
  return count;
}
