// Reads a balance without trusting the node:  node verified.js RPC ADDRESS HEIGHT HASH [FOLDER]
// HEIGHT and HASH are of a block that you know from somebody you trust: an explorer, a friend's node.
import { connect, entries, fileSecrets, formatAmount, ITER, LightError } from "iterum-client";

const [rpc = "", address = "", height = "1", hash = "", folder] = process.argv.slice(2);
const trusted = { height: BigInt(height), hash };
// What was verified is kept: the next run goes on from there. Name witnesses: nodes that others run.
const store = folder === undefined ? {} : { store: await fileSecrets(folder) };
const client = await connect({ rpc, light: { trusted, witnesses: [], ...store } });

try {
  const { value, ...at } = await client.verified(entries.balance(address, ITER.base));
  // `undefined` is proven too: there is no such entry.
  console.log(`${formatAmount(value ?? 0n)} at height ${at.height}, ${new Date(at.timeMs).toISOString()}`);
} catch (error) {
  if (!(error instanceof LightError)) throw error;
  // The node showed something that its validators did not sign, or a value without proof.
  console.error(`not proven (${error.fault}): ${error.message}`);
  process.exitCode = 1;
} finally {
  client.close();
}
