// Buys shares of an outcome, but not at any price:  node trade.js RPC WORDS_FILE GAME ROUND OUTCOME MODEL_ID
import { readFile } from "node:fs/promises";
import { connect, eventsOf, formatAmount, msgTrade, parseAmount, signerFromMnemonic } from "iterum-client";
import { EventTraded } from "iterum-client/proto/iterum/markets";

const [rpc = "", words = "", gameId = "", round = "0", outcome = "0", model = ""] = process.argv.slice(2);
const signer = await signerFromMnemonic((await readFile(words, "utf8")).trim());
const client = await connect({ rpc, signer });

const wanted = {
  operator: client.address,
  gameId,
  roundId: BigInt(round),
  outcome: Number(outcome),
  shares: parseAmount("10 ITER"), // each share pays its outcome's part of a token
  sale: false,
  priceLimitPpm: 900_000, // trade only as far as the price is at most 0.9
};

// What it would come to now: shares, cost and fee.
const { shares, cost, fee } = await client.markets.quote(wanted);
console.log(`${formatAmount(shares)} shares for ${formatAmount(cost)}, fee ${formatAmount(fee)}`);

// One percent of slippage: whoever comes between may move the price that far, no further.
const costLimit = ((cost + fee) * 101n) / 100n;
const result = await client.send([msgTrade({ ...wanted, modelId: Buffer.from(model, "hex"), costLimit })]);
for (const traded of eventsOf(EventTraded, result.events)) console.log(`paid ${formatAmount(traded.cost)}`);
console.log("prices now, in millionths:", await client.markets.prices(gameId, BigInt(round)));
client.close();
