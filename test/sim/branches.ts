import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSpaces } from "#chain/app/modules.ts";
import type { Block, BlockResult } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { describeDifference, firstDifference } from "#chain/node/difference.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { readInto, writeSnapshot } from "#chain/store/shelf.ts";
import { noProofs, START_MS } from "#test/kit/chain.ts";
import { CHAIN_ID, genesis } from "#test/kit/genesis.ts";
import { shamVerifier } from "#test/kit/sham.ts";
import type { Plan } from "./plan.ts";
import { simulate } from "./simulate.ts";

/** A chain that was played, to be played again. */
export interface Recording {
  readonly appState: AppState;
  readonly blocks: readonly Block[];
}

/** A node: its app and where that keeps its state. */
interface Branch {
  readonly app: App;
  readonly store: NodeStore;
}

/** Plays a plan and keeps every block of it. */
export async function record(plan: Plan): Promise<Recording> {
  const blocks: Block[] = [];
  let appState: AppState = {};
  await simulate(plan, ({ chain }) => {
    appState = genesis(chain.genesis);
    const { app } = chain;
    const finalizeBlock = app.finalizeBlock.bind(app);
    app.finalizeBlock = (block) => {
      blocks.push(block);
      return finalizeBlock(block);
    };
  });
  return { appState, blocks };
}

function branchOf(store: NodeStore): Branch {
  const app = new App({ store, proofs: noProofs, signatures: shamVerifier, invariants: "none" });
  return { app, store };
}

const newBranch = (): Branch => branchOf(memoryStore({ spaces: storeSpaces }));

/** A new chain from what another exported. */
function imported(appState: AppState, timeMs: bigint, initialHeight: bigint): Branch {
  const branch = newBranch();
  branch.app.initChain({ chainId: CHAIN_ID, timeMs, initialHeight, appState });
  return branch;
}

/** A node that took a snapshot of another. */
async function restored({ store }: Branch): Promise<Branch> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-branch-"));
  try {
    await writeSnapshot(store, store.height, join(folder, "snapshot"));
    const copy = memoryStore({ spaces: storeSpaces });
    await readInto(copy, join(folder, "snapshot"));
    return branchOf(copy);
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
const resultsOf = ({ txResults }: BlockResult): string =>
  txResults
    .map(({ code, codespace, gasUsed, data }) => [code, codespace, gasUsed, toHex(data)].join())
    .join(" ");

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
  { appState, blocks }: Recording,
  heights: ReadonlySet<number>,
  follow: number,
): Promise<BranchReport> {
  const main = imported(appState, START_MS, 1n);
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
    const snapshot = await restored(main);
    assert.deepEqual(snapshot.app.info(), main.app.info(), `snapshot of ${block.height}`);
    const exported = main.app.dump();
    const fromExport = imported(exported, block.timeMs, block.height + 1n);
    assert.deepEqual(fromExport.app.dump(), exported, `export of ${block.height}`);
    await ensureSame(main, snapshot, `snapshot of ${block.height}`);
    branches.push({ what: `snapshot of ${block.height}`, branch: snapshot, left: follow });
    branches.push({ what: `export of ${block.height}`, branch: fromExport, left: follow });
    count.branches += 2;
  }
  return count;
}
