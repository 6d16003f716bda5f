import assert from "node:assert/strict";
import { test } from "node:test";
import { abciApplication } from "#chain/abci/handlers.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import {
  MisbehaviorType,
  RequestFinalizeBlock,
  RequestInitChain,
  type ValidatorUpdate,
} from "#proto/gen/tendermint/abci.ts";
import { PublicKey } from "#proto/gen/tendermint/crypto.ts";
import { BlockIDFlag } from "#proto/gen/tendermint/types.ts";
import { CHAIN_ID, genesis, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf, consensusKey, staked } from "#test/kit/staked.ts";
import { ann, ben, cat } from "../../modules/validators/kit.ts";
import { bareApp } from "../app/kit.ts";

const START_SECONDS = 1_780_000_000n;
const update = (who: typeof ann, power: bigint): ValidatorUpdate => ({
  pubKey: { ...PublicKey.zero(), ed25519: consensusKey(who) },
  power,
});
const byKey = (a: ValidatorUpdate, b: ValidatorUpdate): number =>
  Buffer.compare(a.pubKey?.ed25519 ?? utf8(""), b.pubKey?.ed25519 ?? utf8(""));

test("consensus begins with the staked set, says who signs and cheats, and is told who leaves", async () => {
  const app = abciApplication(bareApp(), "1.2.3");
  const alter = staked([
    { who: ann, stakes: [[ann, 100n * TOKEN]] },
    { who: ben, stakes: [[ben, 50n * TOKEN]] },
  ]);
  const set = [update(ann, 100n), update(ben, 50n)].sort(byKey);
  const begun = await app.initChain({
    ...RequestInitChain.zero(),
    ...{ chainId: CHAIN_ID, initialHeight: 1n, validators: set.toReversed() },
    time: { seconds: START_SECONDS, nanos: 0 },
    appStateBytes: utf8(JSON.stringify(genesis({ members: [ann, ben], others: [cat], alter }))),
  });
  assert.deepEqual(begun.validators, set);
  const { BLOCK_ID_FLAG_ABSENT: away, BLOCK_ID_FLAG_COMMIT: here } = BlockIDFlag;
  const vote = (who: typeof ann, power: bigint, blockIdFlag: number) => ({
    validator: { address: consensusAddressOf(who), power },
    blockIdFlag,
  });
  for (const height of [1n, 2n, 3n]) {
    const votes = height === 1n ? [] : [vote(ann, 100n, here), vote(ben, 50n, away)];
    const cheated = {
      type: MisbehaviorType.DUPLICATE_VOTE,
      validator: { address: consensusAddressOf(ben), power: 50n },
      ...{ height: 2n, totalVotingPower: 150n },
      time: { seconds: START_SECONDS + 2n, nanos: 0 },
    };
    const done = await app.finalizeBlock({
      ...RequestFinalizeBlock.zero(),
      ...{ height, time: { seconds: START_SECONDS + height, nanos: 0 } },
      proposerAddress: consensusAddressOf(ann),
      decidedLastCommit: { round: 0, votes },
      misbehavior: height === 3n ? [cheated] : [],
    });
    await app.commit({});
    assert.deepEqual(done.validatorUpdates, height === 3n ? [update(ben, 0n)] : []);
  }
});
