import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { errors } from "#modules/distribution/errors.ts";
import { Query } from "#proto/gen/cosmos/distribution.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { moduleHolds, purse, supply } from "#test/kit/game/money.ts";
import { ask, FEE, refuses, refusesQuery, says } from "#test/kit/game/refuse.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { consensusAddressOf } from "#test/kit/staked.ts";
import {
  ATTO,
  ann,
  ben,
  commission,
  dan,
  dora,
  due,
  fund,
  NO_TAX,
  outstanding,
  payTo,
  pool,
  stakedChain,
  val,
  vic,
  withdraw,
  withdrawCommission,
} from "./kit.ts";

/** Lets so many transactions pay their fee in the next block, whose fees are shared in the one after. */
async function feesOf(chain: TestChain, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await says(chain, ann, fund(ann, 1n));
  await chain.until(chain.height() + 1n);
}
const held = (chain: TestChain): bigint => moduleHolds(chain, "distribution");

test("fees are shared by power: a commission, the delegators by their stake, the community its tax", async () => {
  const chain = stakedChain();
  await feesOf(chain, 1);
  const shared = (FEE * ATTO * 98n) / 100n;
  const ofVal = (shared * 3n) / 4n;
  assert.equal(outstanding(chain, val), ofVal);
  assert.equal(outstanding(chain, vic), shared / 4n);
  assert.equal(commission(chain, val), ofVal / 10n);
  assert.equal(commission(chain, vic), 0n);
  const ofStake = ofVal - ofVal / 10n;
  assert.equal(due(chain, val, val), ofStake / 3n);
  assert.equal(due(chain, dora, val), ofStake / 2n);
  assert.equal(due(chain, dan, val), ofStake / 6n);
  assert.equal(pool(chain), FEE * ATTO - shared + ATTO);
  assert.equal(held(chain), FEE + 1n);
  assert.equal(moduleHolds(chain, "fees"), 0n);
});

test("a validator that does not sign earns by its power too", async () => {
  const chain = stakedChain(NO_TAX);
  await says(chain, ann, fund(ann, 1n));
  await chain.rawBlock([], { absent: new Set([toHex(consensusAddressOf(vic))]) });
  assert.equal(outstanding(chain, vic), (FEE * ATTO) / 4n);
});

test("where nobody has staked fees stay where they come in", async () => {
  const chain = newChain({ members: [ann, ben], others: [] });
  await feesOf(chain, 2);
  assert.equal(moduleHolds(chain, "fees"), 2n * FEE);
  assert.equal(held(chain), 2n);
});

test("who withdraws gets whole base units once, and the fraction is the community's", async () => {
  const chain = stakedChain(NO_TAX);
  await feesOf(chain, 1);
  const [earned, before, total, dust] = [
    due(chain, dora, val),
    purse(chain, dora),
    supply(chain),
    pool(chain),
  ];
  assert.ok(earned % ATTO > 0n);
  const { results } = await chain.rawBlock([chain.sign(dora, withdraw(dora, val))]);
  assert.equal(purse(chain, dora), before - FEE + earned / ATTO);
  assert.equal(due(chain, dora, val), 0n);
  assert.equal(pool(chain), dust + (earned % ATTO));
  const paid = results[0]?.events.find(({ type }) => type === "withdraw_rewards");
  assert.deepEqual(paid?.attributes.map(({ key, value }) => [key, value]).slice(0, 3), [
    ["amount", `${earned / ATTO}${DENOM}`],
    ["validator", toOperator(val.address)],
    ["delegator", dora.address],
  ]);
  assert.equal(supply(chain), total);
  await chain.until(chain.height() + 1n);
  await refuses(
    chain,
    [ann, errors.NoDelegation, withdraw(ann, val)],
    [ann, errors.NoValidator, withdraw(ann, ben)],
  );
});

test("less than a base unit stays with the delegation until there is more", async () => {
  const chain = stakedChain(NO_TAX);
  await chain.until(3n);
  const before = purse(chain, dora);
  await says(chain, dora, withdraw(dora, val));
  assert.equal(purse(chain, dora), before - FEE);
  await chain.until(chain.height() + 1n);
  const earned = due(chain, dora, val);
  assert.ok(earned > ATTO);
  await says(chain, dora, withdraw(dora, val));
  assert.equal(purse(chain, dora), before - 2n * FEE + earned / ATTO);
});

test("a validator withdraws its commission, and rewards go to the account that one chose", async () => {
  const chain = stakedChain(NO_TAX);
  await refuses(chain, [vic, errors.NoCommission, withdrawCommission(vic)]);
  await feesOf(chain, 2);
  const [before, earned] = [purse(chain, ben), commission(chain, val)];
  await says(chain, val, payTo(val, ben.address), withdrawCommission(val));
  assert.equal(purse(chain, ben), before + earned / ATTO);
  assert.equal(commission(chain, val), earned % ATTO);
  const asked = { delegatorAddress: val.address };
  assert.equal(ask(chain, Query.delegatorWithdrawAddress, asked).withdrawAddress, ben.address);
  await says(chain, val, payTo(val, val.address));
  assert.equal(ask(chain, Query.delegatorWithdrawAddress, asked).withdrawAddress, val.address);
  await chain.until(chain.height() + 1n);
  await refuses(
    chain,
    [val, errors.BadAddress, payTo(val, "cosmos1nobody")],
    [val, errors.BadAddress, payTo(val, moduleAddress("fees"))],
  );
});

test("where the parameters say so nobody chooses another account", async () => {
  const chain = stakedChain({ ...NO_TAX, withdrawAddrEnabled: false });
  await refuses(chain, [val, errors.WithdrawAddressFixed, payTo(val, ben.address)]);
});

test("wallets read all rewards of a delegator and of a validator", async () => {
  const chain = stakedChain(NO_TAX);
  await feesOf(chain, 1);
  const validatorAddress = toOperator(val.address);
  const { rewards, total } = ask(chain, Query.delegationTotalRewards, { delegatorAddress: dora.address });
  const reward = [{ denom: DENOM, amount: due(chain, dora, val) }];
  assert.deepEqual([rewards, total], [[{ validatorAddress, reward }], reward]);
  const { validators } = ask(chain, Query.delegatorValidators, { delegatorAddress: dora.address });
  assert.deepEqual(validators, [validatorAddress]);
  assert.deepEqual(ask(chain, Query.params, {}).params, NO_TAX);
  assert.deepEqual(ask(chain, Query.validatorDistributionInfo, { validatorAddress }), {
    operatorAddress: validatorAddress,
    selfBondRewards: [{ denom: DENOM, amount: due(chain, val, val) }],
    commission: [{ denom: DENOM, amount: commission(chain, val) }],
  });
  assert.deepEqual(ask(chain, Query.validatorSlashes, { validatorAddress }).slashes, []);
  refusesQuery(chain, Query.validatorCommission, { validatorAddress: val.address }, errors.BadAddress);
  const nobody = { validatorAddress: toOperator(ben.address) };
  refusesQuery(chain, Query.validatorOutstandingRewards, nobody, errors.NoValidator);
  const none = { delegatorAddress: ann.address, validatorAddress };
  refusesQuery(chain, Query.delegationRewards, none, errors.NoDelegation);
});
