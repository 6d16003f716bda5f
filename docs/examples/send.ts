// Sends half a token and waits until it is committed:  node send.js RPC WORDS_FILE TO_ADDRESS
import { readFile } from "node:fs/promises";
import {
  ClientError,
  connect,
  formatAmount,
  ITER,
  msgSend,
  parseAmount,
  signerFromMnemonic,
} from "iterum-client";

const [rpc = "", words = "", toAddress = ""] = process.argv.slice(2);
const signer = await signerFromMnemonic((await readFile(words, "utf8")).trim());
// If the mempool is crowded, the fee may rise to a tenth of a token.
const client = await connect({ rpc, signer, feeMax: parseAmount("0.1 ITER") });

const amount = [{ denom: ITER.base, amount: parseAmount("0.5 ITER") }];
const messages = [msgSend({ fromAddress: client.address, toAddress, amount })];
try {
  // A dry run first: what it would cost, and whether the chain would refuse it.
  const { gasUsed, feeMost } = await client.simulate(messages);
  console.log(`about ${gasUsed} gas, at most ${formatAmount(feeMost[0]?.amount ?? 0n)}`);

  // Resolves when the transaction is in a block and queries see it.
  const { height, hash } = await client.send(messages);
  const held = await client.bank.balance(toAddress, ITER.base);
  console.log(`${hash} at height ${height}; ${toAddress} holds ${formatAmount(held)}`);
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  // A timeout leaves the outcome open: `client.transaction(hash)` tells it later.
  console.error(error.kind, error.codespace, error.code, error.reason, error.hashes);
  process.exitCode = 1;
} finally {
  client.close();
}
