import { withApp } from "./app.ts";
import type { Effort } from "./measure.ts";
import { benchSendsOnNode, type NodeFigures } from "./sends-on-node.ts";
import { sendersGenesis, signedSends } from "./signed-sends.ts";

const SIZES = { full: { accounts: 500, perAccount: 20 }, quick: { accounts: 100, perAccount: 10 } };

/** The same sends through a node with either kind of mempool, one after the other. */
export interface MempoolFigures {
  readonly app: NodeFigures;
  readonly flood: NodeFigures;
  /** Transactions a second with the application's mempool to those with CometBFT's. */
  readonly ratio: number;
}

/** Measures what the node's own mempool changes: signed sends by RPC until all are committed. */
export async function benchMempools(effort: Effort): Promise<MempoolFigures> {
  const { accounts, perAccount } = SIZES[effort];
  const choice = sendersGenesis(accounts);
  const lanes = await withApp(choice, "signed", async ({ app }) =>
    signedSends(app, choice.others, perAccount),
  );
  const app = await benchSendsOnNode(choice, lanes, {}, "app");
  const flood = await benchSendsOnNode(choice, lanes, {}, "flood");
  return { app, flood, ratio: app.txsPerSecond / flood.txsPerSecond };
}
