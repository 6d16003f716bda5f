import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeSecp256k1Pubkey } from "@cosmjs/amino";
import {
  QueryClient,
  setupAuthExtension,
  setupAuthzExtension,
  setupBankExtension,
  setupDistributionExtension,
  setupFeegrantExtension,
  setupGovExtension,
  setupIbcExtension,
  setupMintExtension,
  setupSlashingExtension,
  setupStakingExtension,
  setupTxExtension,
} from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { ProposalStatus } from "cosmjs-types/cosmos/gov/v1beta1/gov";
import { BaseAccount } from "#proto/gen/cosmos/auth.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { ann, ben, cat, operator, stranger, surface, validatorAddress } from "./env.ts";
import { signedSend } from "./kit.ts";

async function withQueries<T>(use: (queries: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> {
  const comet = await Comet38Client.connect(surface().node.rpcUrl);
  try {
    return await use(connect(comet));
  } finally {
    comet.disconnect();
  }
}

const connect = (comet: Comet38Client) => ({
  ...QueryClient.withExtensions(
    comet,
    setupAuthExtension,
    setupAuthzExtension,
    setupBankExtension,
    setupFeegrantExtension,
    setupGovExtension,
    setupIbcExtension,
    setupTxExtension,
  ),
  ...QueryClient.withExtensions(
    comet,
    setupDistributionExtension,
    setupMintExtension,
    setupSlashingExtension,
    setupStakingExtension,
  ),
});

/** Asks until the index has it, which comes after the block. */
async function indexed<T>(ask: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await ask();
    } catch (error) {
      if (i > 1_000 || !/NotFound/.test(String(error))) throw error;
      await sleep(50);
    }
  }
}

test("cosmjs' extensions for accounts, coins and allowances read what there is", () =>
  withQueries(async ({ auth, bank, feegrant }) => {
    const account = await auth.account(ann.address);
    assert.equal(account?.typeUrl, BaseAccount.typeUrl);
    assert.equal(BaseAccount.decode(account.value).address, ann.address);
    await assert.rejects(auth.account(stranger.address), /rpc error: code = NotFound/);
    assert.equal((await bank.balance(ben.address, DENOM)).denom, DENOM);
    assert.equal((await bank.allBalances(ben.address)).length, 1);
    const { supply } = await bank.totalSupply();
    assert.deepEqual(supply, [await bank.supplyOf(DENOM)]);
    const metadata = await bank.denomMetadata(DENOM);
    assert.equal(metadata.base, DENOM);
    assert.deepEqual(await bank.denomsMetadata(), [metadata]);
    assert.deepEqual((await feegrant.allowances(stranger.address)).allowances, []);
    await assert.rejects(feegrant.allowance(ben.address, cat.address), /NotFound/);
  }));

test("cosmjs' extension for governance reads its parameters, and lists that are still empty", () =>
  withQueries(async ({ gov }) => {
    const { tallyParams } = await gov.params("tallying");
    assert.equal(new TextDecoder().decode(tallyParams.threshold), "500000000000000000");
    assert.ok(((await gov.params("voting")).votingParams.votingPeriod?.seconds ?? 0n) > 0n);
    assert.equal((await gov.params("deposit")).depositParams.minDeposit.length, 1);
    const { proposals } = await gov.proposals(ProposalStatus.PROPOSAL_STATUS_UNSPECIFIED, "", "");
    assert.deepEqual(proposals, []);
    for (const ask of [gov.proposal, gov.tally, gov.deposits, gov.votes])
      await assert.rejects(ask(1), /no such proposal/);
    await assert.rejects(gov.vote(1, ann.address), /NotFound/);
    await assert.rejects(gov.deposit(1, ann.address), /NotFound/);
  }));

test("cosmjs' extension for transactions simulates one, and finds one by its hash", () =>
  withQueries(async ({ tx }) => {
    const bytes = Buffer.from(await signedSend(surface(), ben, cat.address, 3), "base64");
    const comet = await Comet38Client.connect(surface().node.rpcUrl);
    const { hash } = await comet.broadcastTxCommit({ tx: bytes });
    comet.disconnect();
    const found = await indexed(() => tx.getTx(Buffer.from(hash).toString("hex")));
    assert.equal(found.txResponse?.code, 0);
    assert.equal(found.tx?.body?.messages[0]?.typeUrl, MsgSend.typeUrl);
    await assert.rejects(tx.getTx("00".repeat(32)), /code = NotFound desc = tx not found/);
    await assert.rejects(tx.getTx("00"), /64 hexadecimal digits/);
    const value = {
      fromAddress: ben.address,
      toAddress: cat.address,
      amount: [{ denom: DENOM, amount: "3" }],
    };
    const message = { typeUrl: MsgSend.typeUrl, value: MsgSend.encode(MsgSend.fromPartial(value)).finish() };
    const { gasInfo } = await tx.simulate([message], "", encodeSecp256k1Pubkey(ben.publicKey), 1);
    assert.ok((gasInfo?.gasUsed ?? 0n) > 0n);
  }));

test("cosmjs' extension for staking reads validators, who has staked with them, and what leaves", () =>
  withQueries(async ({ staking }) => {
    const { validators } = await staking.validators("BOND_STATUS_BONDED");
    assert.deepEqual(
      validators.map(({ operatorAddress }) => operatorAddress),
      [validatorAddress],
    );
    assert.deepEqual((await staking.validator(validatorAddress)).validator, validators[0]);
    const { pool } = await staking.pool();
    assert.equal(pool?.bondedTokens, validators[0]?.tokens);
    assert.equal((await staking.params()).params?.bondDenom, DENOM);
    const { delegationResponse } = await staking.delegation(operator, validatorAddress);
    assert.equal(delegationResponse?.delegation?.validatorAddress, validatorAddress);
    assert.equal((await staking.delegatorDelegations(operator)).delegationResponses.length, 1);
    assert.ok((await staking.validatorDelegations(validatorAddress)).delegationResponses.length >= 1);
    assert.equal((await staking.delegatorValidators(operator)).validators.length, 1);
    assert.ok((await staking.delegatorValidator(operator, validatorAddress)).validator);
    assert.deepEqual((await staking.delegatorUnbondingDelegations(operator)).unbondingResponses, []);
    const { unbondingResponses } = await staking.validatorUnbondingDelegations(validatorAddress);
    assert.ok(unbondingResponses.every((each) => each.validatorAddress === validatorAddress));
    assert.deepEqual((await staking.redelegations(operator, "", "")).redelegationResponses, []);
    await assert.rejects(staking.delegation(stranger.address, validatorAddress), /key not found|NotFound/);
    await assert.rejects(staking.unbondingDelegation(operator, validatorAddress), /not found|NotFound/);
    await assert.rejects(staking.historicalInfo(1), /Query failed/);
  }));

test("cosmjs' extensions for slashing, rewards and inflation read what there is", () =>
  withQueries(async ({ slashing, distribution, mint }) => {
    assert.ok((await slashing.params()).params);
    const { info } = await slashing.signingInfos();
    const [first] = info;
    assert.equal(info.length, 1);
    assert.equal((await slashing.signingInfo(first?.address ?? "")).valSigningInfo?.address, first?.address);
    assert.ok((await distribution.params()).params);
    assert.ok((await distribution.communityPool()).pool);
    assert.ok((await distribution.validatorCommission(validatorAddress)).commission);
    assert.ok((await distribution.validatorOutstandingRewards(validatorAddress)).rewards);
    assert.deepEqual((await distribution.validatorSlashes(validatorAddress, 1, 9)).slashes, []);
    assert.ok((await distribution.delegationRewards(operator, validatorAddress)).rewards);
    assert.equal((await distribution.delegationTotalRewards(operator)).rewards.length, 1);
    assert.deepEqual((await distribution.delegatorValidators(operator)).validators, [validatorAddress]);
    assert.equal((await distribution.delegatorWithdrawAddress(operator)).withdrawAddress, operator);
    assert.equal((await mint.params()).mintDenom, DENOM);
    assert.ok((await mint.inflation()).toFloatApproximation() >= 0);
    assert.ok((await mint.annualProvisions()).toFloatApproximation() >= 0);
  }));

test("extensions of modules that this chain does not have are told so", () =>
  withQueries(async ({ authz, ibc }) => {
    const unknown = /unknown query path/;
    await assert.rejects(authz.grants(ann.address, ben.address, ""), unknown);
    await assert.rejects(ibc.channel.channels(), unknown);
    await assert.rejects(ibc.transfer.params(), unknown);
  }));
