import { people } from "../kit/accounts.ts";
import { withApp } from "./app.ts";
import { type Effort, perSecond } from "./measure.ts";

const BLOCKS = {
  full: { signed: 100, unsigned: 400 },
  quick: { signed: 3, unsigned: 20 },
};

/**
 * Empty blocks a second of a chain with one game, run and made durable on disk in this process, with the
 * proposer's signed beacon to verify in each and without.
 */
export async function benchBlocks(effort: Effort): Promise<{
  readonly signedPerSecond: number;
  readonly unsignedPerSecond: number;
}> {
  const counts = BLOCKS[effort];
  return {
    signedPerSecond: await blocksPerSecond("signed", counts.signed),
    unsignedPerSecond: await blocksPerSecond("unsigned", counts.unsigned),
  };
}

const blocksPerSecond = (beacon: "signed" | "unsigned", count: number): Promise<number> =>
  withApp({ members: people("ann", "bob", "cid", "dan"), others: [] }, beacon, async ({ app, next }) => {
    let ms = 0;
    for (let i = 0; i < count; i++) {
      const block = next([]);
      // Making the proposal is not part of the figure: only one node of many does it.
      const txs = await app.prepareProposal(block);
      const startMs = performance.now();
      await app.finalizeBlock({ ...block, txs });
      await app.commit();
      ms += performance.now() - startMs;
    }
    return perSecond(count, ms);
  });
