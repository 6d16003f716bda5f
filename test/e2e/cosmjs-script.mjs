// What any Cosmos client does, written from the documentation of @cosmjs/stargate alone.
//   MNEMONIC="…" node cosmjs-script.mjs RPC PREFIX DENOM RECIPIENT
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { assertIsDeliverTxSuccess, coins, GasPrice, SigningStargateClient } from "@cosmjs/stargate";

const [rpcEndpoint = "", prefix = "", denom = "", recipient = ""] = process.argv.slice(2);

const wallet = await DirectSecp256k1HdWallet.fromMnemonic(process.env["MNEMONIC"] ?? "", { prefix });
const [account] = await wallet.getAccounts();
if (!account) throw new Error("no account");

const client = await SigningStargateClient.connectWithSigner(rpcEndpoint, wallet, {
  gasPrice: GasPrice.fromString(`0.001${denom}`),
});
const before = await client.getBalance(recipient, denom);
const sender = await client.getBalance(account.address, denom);

const result = await client.sendTokens(account.address, recipient, coins(1_500_000, denom), "auto", "hello");
assertIsDeliverTxSuccess(result);

const after = await client.getBalance(recipient, denom);
const found = await client.getTx(result.transactionHash);
const block = await client.getBlock(result.height);

console.log(
  JSON.stringify({
    chainId: await client.getChainId(),
    sender: sender.amount,
    received: String(BigInt(after.amount) - BigInt(before.amount)),
    height: result.height,
    foundAt: found?.height,
    code: found?.code,
    events: found?.events.map(({ type }) => type),
    txsInBlock: block.txs.length,
  }),
);
client.disconnect();
