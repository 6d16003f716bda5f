// Stakes a token with the strongest validator and shows what it earns:  node delegate.js RPC WORDS_FILE
import { readFile } from "node:fs/promises";
import {
  connect,
  formatAmount,
  ITER,
  msgDelegate,
  msgWithdrawReward,
  parseAmount,
  signerFromMnemonic,
} from "iterum-client";

const [rpc = "", words = ""] = process.argv.slice(2);
const signer = await signerFromMnemonic((await readFile(words, "utf8")).trim());
const client = await connect({ rpc, signer });

const bonded = await client.staking.validators("bonded");
const [best] = [...bonded].sort((a, b) => (a.tokens < b.tokens ? 1 : -1));
if (!best) throw new Error("nobody to stake with: the validators of this chain are agreed");
const stake = { delegatorAddress: client.address, validatorAddress: best.operatorAddress };

await client.send([msgDelegate({ ...stake, amount: { denom: ITER.base, amount: parseAmount("1 ITER") } })]);
const staked = await client.staking.staked(client.address, best.operatorAddress);
console.log(`${formatAmount(staked)} with ${best.description?.moniker}`);

// Fees and inflation are shared out as blocks pass; what is due is paid when asked for, and when stake moves.
await client.above((await client.height()) + 2n);
console.log("earned so far:", await client.distribution.totalRewards(client.address));
const { height } = await client.send([msgWithdrawReward(stake)]);
console.log(`paid out at height ${height}`);
client.close();
