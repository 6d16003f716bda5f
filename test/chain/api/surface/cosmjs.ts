// What the documentation of @cosmjs/stargate shows, with nothing of this chain but its prefix and denom.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createMultisigThresholdPubkey, pubkeyToAddress, Secp256k1HdWallet } from "@cosmjs/amino";
import { DirectSecp256k1HdWallet, DirectSecp256k1Wallet } from "@cosmjs/proto-signing";
import {
  assertIsDeliverTxSuccess,
  calculateFee,
  coin,
  coins,
  type DeliverTxResponse,
  GasPrice,
  makeMultisignedTx,
  SigningStargateClient,
  StargateClient,
} from "@cosmjs/stargate";
import { BasicAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import { MsgGrantAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { ADDRESS_PREFIX as prefix } from "#chain/protocol/address.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { ann, ben, cat, surface, validatorAddress } from "./env.ts";

const gasPrice = GasPrice.fromString(`0.001${DENOM}`);
const fee = calculateFee(300_000, gasPrice);

/** A client that signs as ann, who is rich; others get theirs from her. */
async function rich(): Promise<SigningStargateClient> {
  const wallet = await DirectSecp256k1Wallet.fromKey(ann.secretKey, prefix);
  const { rpcUrl } = surface().node;
  return SigningStargateClient.connectWithSigner(rpcUrl, wallet, { gasPrice, broadcastPollIntervalMs: 100 });
}

function succeeded(result: DeliverTxResponse): DeliverTxResponse {
  assertIsDeliverTxSuccess(result);
  return result;
}

test("cosmjs connects, reads chain and balances, and finds that an account does not exist yet", async () => {
  const client = await StargateClient.connect(surface().node.rpcUrl);
  assert.equal(await client.getChainId(), CHAIN_ID);
  assert.ok((await client.getHeight()) >= 1);
  assert.equal((await client.getBlock(1)).header.height, 1);
  const [held] = await client.getAllBalances(ben.address);
  assert.deepEqual(held, await client.getBalance(ben.address, DENOM));
  const fresh = await DirectSecp256k1HdWallet.generate(12, { prefix });
  const [account] = await fresh.getAccounts();
  assert.ok(account);
  assert.equal(await client.getAccount(account.address), null);
  assert.deepEqual(await client.getAllBalances(account.address), []);
  await assert.rejects(client.getSequence(account.address), /does not exist on chain/);
  client.disconnect();
});

test("cosmjs sends with gas found by simulation, and finds what it sent by hash and by event", async () => {
  const client = await rich();
  const sent = succeeded(await client.sendTokens(ann.address, cat.address, coins(11, DENOM), "auto", "hi"));
  assert.ok(sent.gasUsed > 0n && sent.gasUsed <= sent.gasWanted);
  const types = sent.events.map(({ type }) => type);
  for (const type of ["transfer", "message", "tx", "coin_spent", "coin_received"])
    assert.ok(types.includes(type), type);
  const byHash = await client.getTx(sent.transactionHash);
  assert.deepEqual([byHash?.height, byHash?.code], [sent.height, 0]);
  for (const query of [
    `transfer.sender='${ann.address}'`,
    `transfer.recipient='${cat.address}'`,
    `message.sender='${ann.address}' AND message.action='/cosmos.bank.v1beta1.MsgSend'`,
    "message.module='bank'",
    `tx.height=${sent.height}`,
  ]) {
    const hashes = (await client.searchTx(query)).map(({ hash }) => hash);
    assert.ok(hashes.includes(sent.transactionHash), query);
  }
  const byPairs = await client.searchTx([{ key: "transfer.recipient", value: cat.address }]);
  assert.ok(byPairs.some(({ hash }) => hash === sent.transactionHash));
  client.disconnect();
});

test("cosmjs signs in Amino JSON as a Ledger does", async () => {
  const from = await rich();
  const wallet = await Secp256k1HdWallet.generate(12, { prefix });
  const [account] = await wallet.getAccounts();
  assert.ok(account);
  succeeded(await from.sendTokens(ann.address, account.address, coins(1_000_000, DENOM), "auto"));
  from.disconnect();
  const { rpcUrl } = surface().node;
  const options = { gasPrice, broadcastPollIntervalMs: 100 };
  const client = await SigningStargateClient.connectWithSigner(rpcUrl, wallet, options);
  succeeded(await client.sendTokens(account.address, ben.address, coins(5, DENOM), fee, "by Amino"));
  assert.equal((await client.getSequence(account.address)).sequence, 1);
  client.disconnect();
});

test("two of three keys of a multisig send what all three hold", async () => {
  const from = await rich();
  const wallets = await Promise.all([0, 1, 2].map(() => Secp256k1HdWallet.generate(12, { prefix })));
  const accounts = (await Promise.all(wallets.map((wallet) => wallet.getAccounts()))).flat();
  const keys = accounts.map(({ pubkey }) => ({
    type: "tendermint/PubKeySecp256k1",
    value: Buffer.from(pubkey).toString("base64"),
  }));
  const pubkey = createMultisigThresholdPubkey(keys, 2);
  const address = pubkeyToAddress(pubkey, prefix);
  succeeded(await from.sendTokens(ann.address, address, coins(1_000_000, DENOM), "auto"));
  const value = { fromAddress: address, toAddress: ben.address, amount: coins(3, DENOM) };
  const messages = [{ typeUrl: "/cosmos.bank.v1beta1.MsgSend", value }];
  const { accountNumber, sequence } = await from.getSequence(address);
  const signatures = new Map<string, Uint8Array>();
  let bodyBytes = new Uint8Array();
  for (const i of [0, 2]) {
    const [wallet, account] = [wallets[i], accounts[i]];
    assert.ok(wallet && account);
    const signer = await SigningStargateClient.offline(wallet);
    const turn = { accountNumber, sequence, chainId: CHAIN_ID };
    const signed = await signer.sign(account.address, messages, fee, "", turn);
    bodyBytes = Uint8Array.from(signed.bodyBytes);
    const [signature] = signed.signatures;
    assert.ok(signature);
    signatures.set(account.address, signature);
  }
  const tx = makeMultisignedTx(pubkey, sequence, fee, bodyBytes, signatures);
  succeeded(await from.broadcastTx(TxRaw.encode(tx).finish()));
  from.disconnect();
});

test("one account pays the fees of another that it has allowed to spend them", async () => {
  const from = await rich();
  const wallet = await DirectSecp256k1HdWallet.generate(12, { prefix });
  const [account] = await wallet.getAccounts();
  assert.ok(account);
  succeeded(await from.sendTokens(ann.address, account.address, coins(9, DENOM), "auto"));
  const limit = BasicAllowance.fromPartial({ spendLimit: coins(10_000, DENOM) });
  const allowance = { typeUrl: BasicAllowance.typeUrl, value: BasicAllowance.encode(limit).finish() };
  const value = MsgGrantAllowance.fromPartial({ granter: ann.address, grantee: account.address, allowance });
  const grant = { typeUrl: MsgGrantAllowance.typeUrl, value };
  succeeded(await from.signAndBroadcast(ann.address, [grant], "auto"));
  from.disconnect();
  const options = { gasPrice, broadcastPollIntervalMs: 100 };
  const client = await SigningStargateClient.connectWithSigner(surface().node.rpcUrl, wallet, options);
  const granted = { ...fee, granter: ann.address };
  succeeded(await client.sendTokens(account.address, ben.address, coins(9, DENOM), granted));
  assert.deepEqual(await client.getBalance(account.address, DENOM), coin(0, DENOM));
  client.disconnect();
});

test("cosmjs delegates, and takes a part back with its rewards", async () => {
  const client = await rich();
  const stake = coin(2_000_000, DENOM);
  succeeded(await client.delegateTokens(ann.address, validatorAddress, stake, "auto"));
  assert.deepEqual(await client.getDelegation(ann.address, validatorAddress), stake);
  assert.deepEqual(await client.getBalanceStaked(ann.address), stake);
  // Rewards that come between a simulation and its block cost gas to pay: a fixed limit has room for them.
  succeeded(await client.withdrawRewards(ann.address, validatorAddress, fee));
  const half = coin(1_000_000, DENOM);
  succeeded(await client.undelegateTokens(ann.address, validatorAddress, half, fee));
  assert.deepEqual(await client.getDelegation(ann.address, validatorAddress), half);
  assert.equal(await client.getDelegation(ben.address, validatorAddress), null);
  client.disconnect();
});

test("a subscription over WebSocket tells of blocks and of a transfer as they come", async () => {
  const script = fileURLToPath(new URL("./subscribe-script.mjs", import.meta.url));
  const ws = surface().node.rpcUrl.replace("http", "ws");
  const child = spawn(process.execPath, [script, ws, cat.address], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, "listening");
    const client = await rich();
    const { height } = succeeded(await client.sendTokens(ann.address, cat.address, coins(1, DENOM), "auto"));
    client.disconnect();
    assert.equal((await lines.next()).value, `${height}`);
  } finally {
    child.kill("SIGKILL");
  }
});
