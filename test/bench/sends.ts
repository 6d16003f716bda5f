import { withApp } from "./app.ts";
import type { Effort } from "./measure.ts";
import { benchSendsInProcess, type InProcessFigures } from "./sends-in-process.ts";
import { benchSendsOnNode, type NodeFigures } from "./sends-on-node.ts";
import { sendersGenesis, signedSends } from "./signed-sends.ts";

const SIZES = {
  full: { accounts: 250, perAccount: 20 },
  quick: { accounts: 50, perAccount: 4 },
};

/** Options of Node for the app of the node, such as `--cpu-prof --cpu-prof-dir=FOLDER`. */
const APP_NODE_OPTIONS = "BENCH_APP_NODE_OPTIONS";

/** Bank sends through an app in this process, then the same transactions end to end through a real node. */
export async function benchSends(effort: Effort): Promise<{
  readonly inProcess: InProcessFigures;
  readonly node: NodeFigures;
}> {
  const { accounts, perAccount } = SIZES[effort];
  const choice = sendersGenesis(accounts);
  const { lanes, inProcess } = await withApp(choice, "signed", async (bench) => {
    const lanes = signedSends(bench.app, choice.others, perAccount);
    return { lanes, inProcess: await benchSendsInProcess(bench, lanes) };
  });
  const options = process.env[APP_NODE_OPTIONS];
  const appEnv = options === undefined ? {} : { NODE_OPTIONS: options };
  return { inProcess, node: await benchSendsOnNode(choice, lanes, appEnv) };
}
