import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { errors as txErrors } from "#chain/tx/errors.ts";
import { errors } from "#modules/distribution/errors.ts";
import * as slashing from "#modules/slashing/api.ts";
import * as validators from "#modules/validators/api.ts";
import { MsgWithdrawValidatorCommission, Query } from "#proto/gen/cosmos/distribution.ts";
import { newChain, say, type TestChain } from "#test/kit/chain.ts";
import { moduleHolds, purse, supply } from "#test/kit/game/money.ts";
import { ask, FEE, refuses, refusesQuery, says } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf } from "#test/kit/staked.ts";
import { doubleSigned } from "../slashing/kit.ts";
import { undelegate } from "../validators/kit.ts";
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

test("fees go by power: a commission, the delegators by their stake, the community its tax", async () => {
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
  const nobodys = say(MsgWithdrawValidatorCommission, { validatorAddress: vic.address });
  await refuses(
    chain,
    [vic, errors.NoCommission, withdrawCommission(vic)],
    [vic, txErrors.InvalidAddress, nobodys],
  );
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

test("a slash takes nothing of what was earned before, and is listed for who asks", async () => {
  const chain = stakedChain(NO_TAX);
  await feesOf(chain, 1);
  const before = [val, dora, dan].map((who) => due(chain, who, val));
  const { results } = await chain.rawBlock([], { evidence: [doubleSigned(val, 2n, 300n)] });
  assert.deepEqual(results, []);
  assert.deepEqual(
    [val, dora, dan].map((who) => due(chain, who, val)),
    before,
  );
  const validatorAddress = toOperator(val.address);
  const height = chain.height();
  const slashes = (startingHeight: bigint, endingHeight: bigint) =>
    ask(chain, Query.validatorSlashes, { validatorAddress, startingHeight, endingHeight }).slashes;
  const { slashFractionDoubleSign: fraction } = chain.read(slashing.params);
  const slash = { validatorPeriod: 0n, fraction };
  assert.deepEqual(slashes(0n, 0n), [slash]);
  assert.deepEqual(slashes(height, height), [slash]);
  assert.deepEqual([...slashes(height + 1n, 0n), ...slashes(0n, height - 1n)], []);
  // It goes on earning until it has left the set, and is paid in whole.
  await says(chain, dora, withdraw(dora, val));
  const dumped = chain.app.dump();
  assert.deepEqual(newChain({ members: [], others: [], alter: () => dumped }).app.dump(), dumped);
});

test("who takes all stake back is paid what it earned, and a validator without any is closed", async () => {
  const chain = stakedChain(NO_TAX);
  await feesOf(chain, 1);
  const [before, earned, own] = [purse(chain, vic), due(chain, vic, vic), pool(chain)];
  await says(chain, vic, undelegate(vic, vic, 100n * TOKEN));
  assert.equal(purse(chain, vic), before - FEE + earned / ATTO);
  for (let i = 0; i < 4; i++) await chain.rawBlock([], { lateMs: 60_000n });
  assert.equal(
    chain.read((ctx) => validators.validator(ctx, vic.address)),
    undefined,
  );
  assert.ok(pool(chain) > own, "what it could not earn any more is the community's");
  assert.deepEqual(
    (chain.app.dump()["distribution"] as { earnings: { operator: string }[] }).earnings.map(
      ({ operator }) => operator,
    ),
    [val.address],
  );
});
