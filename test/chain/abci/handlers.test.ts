import assert from "node:assert/strict";
import { test } from "node:test";
import type { Application } from "#chain/abci/application.ts";
import { abciApplication } from "#chain/abci/handlers.ts";
import { APP_VERSION, storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { memoryStore } from "#chain/store/memory.ts";
import {
  Query as Auth,
  BaseAccount,
  QueryAccountRequest,
  QueryAccountResponse,
} from "#proto/gen/cosmos/auth.ts";
import { Query as Bank, MsgSend, QueryBalanceRequest, QueryBalanceResponse } from "#proto/gen/cosmos/bank.ts";
import {
  CheckTxType,
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestPrepareProposal,
  RequestProcessProposal,
  RequestQuery,
  RequestVerifyVoteExtension,
  ResponseApplySnapshotChunk_Result,
  ResponseOfferSnapshot_Result,
  ResponseProcessProposal_ProposalStatus,
  ResponseVerifyVoteExtension_VerifyStatus,
} from "#proto/gen/tendermint/abci.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs, say, signTx } from "#test/kit/chain.ts";
import { CHAIN_ID, DENOM, genesis, TOKEN } from "#test/kit/genesis.ts";
import { validator } from "#test/kit/validator.ts";
import { signatures as verifier } from "#test/kit/verifier.ts";

const START_SECONDS = 1_780_000_000n;
const [ann, bob] = people("ann", "bob") as [ReturnType<typeof people>[0], ReturnType<typeof people>[0]];
const proposer = validator("node");

const application = (): Application =>
  abciApplication(
    new App({
      store: memoryStore({ spaces: storeSpaces }),
      proofs: noProofs,
      signatures: verifier,
      beacon: (message) => signBeacon(message, proposer.secret),
    }),
    "1.2.3",
  );

/** Genesis as CometBFT hands it over. */
const initChain = (): RequestInitChain => ({
  ...RequestInitChain.zero(),
  chainId: CHAIN_ID,
  time: { seconds: START_SECONDS, nanos: 5 },
  initialHeight: 1n,
  appStateBytes: utf8(JSON.stringify(genesis({ members: [ann], others: [bob], beaconKeys: [proposer.key] }))),
});

const at = (height: bigint) => ({
  height,
  time: { seconds: START_SECONDS + height, nanos: 999_999_999 },
  proposerAddress: proposer.address,
});

/** Proposes, checks, runs and commits a block of these transactions. */
async function block(app: Application, height: bigint, ...txs: Uint8Array[]) {
  const proposal = { ...RequestPrepareProposal.zero(), ...at(height), txs, maxTxBytes: 1_000_000n };
  const proposed = await app.prepareProposal(proposal);
  const check = { ...RequestProcessProposal.zero(), ...at(height), txs: proposed.txs };
  const { status } = await app.processProposal(check);
  assert.equal(status, ResponseProcessProposal_ProposalStatus.ACCEPT);
  const decided = { ...RequestFinalizeBlock.zero(), ...at(height), txs: proposed.txs };
  const result = await app.finalizeBlock(decided);
  await app.commit({});
  return result;
}

test("a chain starts from genesis, runs blocks and says where it stands", async () => {
  const app = application();
  const fresh = await app.info(RequestInfo.zero());
  assert.equal(fresh.lastBlockHeight, 0n);
  assert.equal(fresh.appVersion, APP_VERSION);
  assert.equal(fresh.version, "1.2.3");
  const started = await app.initChain(initChain());
  assert.equal(started.appHash.length, 32);

  const amount = [{ denom: DENOM, amount: 5n }];
  const message = say(MsgSend, { fromAddress: ann.address, toAddress: bob.address, amount });
  const path = Auth.account.path;
  const found = await app.query({
    ...RequestQuery.zero(),
    path,
    data: QueryAccountRequest.encode({ address: ann.address }),
  });
  const { accountNumber, sequence } = BaseAccount.decode(
    QueryAccountResponse.decode(found.value).account?.value ?? utf8(""),
  );
  const tx = signTx(ann, { number: accountNumber, sequence }, message);
  const checked = await app.checkTx({ ...RequestCheckTx.zero(), tx });
  assert.equal(checked.code, 0, checked.log);
  const { appHash, txResults } = await block(app, 1n, tx);
  assert.deepEqual(
    txResults.map(({ code }) => code),
    [0, 0],
  );

  const info = await app.info(RequestInfo.zero());
  assert.equal(info.lastBlockHeight, 1n);
  assert.deepEqual(info.lastBlockAppHash, appHash);
  const data = QueryBalanceRequest.encode({ address: bob.address, denom: DENOM });
  const answer = await app.query({ ...RequestQuery.zero(), path: Bank.balance.path, data });
  assert.equal(answer.code, 0, answer.log);
  assert.equal(QueryBalanceResponse.decode(answer.value).balance?.amount, 10_000n * TOKEN + 5n);
  assert.equal(answer.height, 1n);
});

test("genesis may come again before the first block and gives the same hash", async () => {
  const app = application();
  const first = await app.initChain(initChain());
  assert.deepEqual(await app.initChain(initChain()), first);
  assert.deepEqual(await application().initChain(initChain()), first);
});

test("garbage is refused by code: as a transaction, in a proposal and as a query", async () => {
  const app = application();
  await app.initChain(initChain());
  await block(app, 1n);
  const tx = Uint8Array.of(1, 2, 3);
  assert.notEqual((await app.checkTx({ ...RequestCheckTx.zero(), tx })).code, 0);
  const { status } = await app.processProposal({ ...RequestProcessProposal.zero(), ...at(2n), txs: [tx] });
  assert.equal(status, ResponseProcessProposal_ProposalStatus.REJECT);
  for (const path of ["", "/nothing", "/store/bank/subspace", Bank.balance.path]) {
    const answer = await app.query({ ...RequestQuery.zero(), path, data: tx });
    assert.notEqual(answer.code, 0, path);
    assert.notEqual(answer.codespace, "", path);
  }
});

test("transactions of clients and of peers meet in one mempool, which serves peers and blocks", async () => {
  const app = application();
  await app.initChain(initChain());
  const amount = [{ denom: DENOM, amount: 5n }];
  const pay = (from: typeof ann, to: typeof ann) =>
    say(MsgSend, { fromAddress: from.address, toAddress: to.address, amount });
  const info = await app.query({
    ...RequestQuery.zero(),
    path: Auth.account.path,
    data: QueryAccountRequest.encode({ address: ann.address }),
  });
  const account = BaseAccount.decode(QueryAccountResponse.decode(info.value).account?.value ?? utf8(""));
  const [one, two] = [0n, 1n].map((sequence) =>
    signTx(ann, { number: account.accountNumber, sequence, gas: 200_000n }, pay(ann, bob)),
  ) as [Uint8Array, Uint8Array];
  assert.equal((await app.insertTx({ tx: two })).code, 0);
  assert.equal((await app.checkTx({ tx: one, type: CheckTxType.NEW })).code, 0);
  assert.equal((await app.checkTx({ tx: one, type: CheckTxType.NEW })).code, 19);
  assert.equal((await app.checkTx({ tx: one, type: CheckTxType.RECHECK })).code, 0);
  assert.deepEqual(await app.reapTxs({ maxBytes: 0n, maxGas: 0n }), { txs: [two, one] });
  assert.deepEqual(await app.reapTxs({ maxBytes: 0n, maxGas: 0n }), { txs: [] });
  const { txResults } = await block(app, 1n);
  assert.deepEqual(
    txResults.map(({ code }) => code),
    [0, 0, 0],
  );
  assert.notEqual((await app.checkTx({ tx: one, type: CheckTxType.RECHECK })).code, 0);
});

test("what the node does not keep is answered as nothing", async () => {
  const app = application();
  const empty = new Uint8Array(0);
  assert.deepEqual(await app.listSnapshots({}), { snapshots: [] });
  const offered = await app.offerSnapshot({ snapshot: undefined, appHash: empty });
  assert.equal(offered.result, ResponseOfferSnapshot_Result.ABORT);
  assert.deepEqual(await app.loadSnapshotChunk({ height: 1n, format: 1, chunk: 0 }), { chunk: empty });
  const applied = await app.applySnapshotChunk({ index: 0, chunk: empty, sender: "" });
  assert.equal(applied.result, ResponseApplySnapshotChunk_Result.ABORT);
  const vote = { ...RequestVerifyVoteExtension.zero(), voteExtension: Uint8Array.of(1) };
  const { ACCEPT, REJECT } = ResponseVerifyVoteExtension_VerifyStatus;
  assert.equal((await app.verifyVoteExtension(vote)).status, REJECT);
  assert.equal((await app.verifyVoteExtension({ ...vote, voteExtension: empty })).status, ACCEPT);
});
