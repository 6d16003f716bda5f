import assert from "node:assert/strict";
import { test } from "node:test";
import { toOperator } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import { errors } from "#modules/validators/errors.ts";
import { Query } from "#proto/gen/cosmos/staking.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { newChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { staked } from "#test/kit/staked.ts";
import {
  ATTO,
  ann,
  ben,
  cancel,
  cat,
  coin,
  create,
  dan,
  delegate,
  held,
  newStaked,
  redelegate,
  refuses,
  undelegate,
} from "./kit.ts";

const worth = (chain: ReturnType<typeof newStaked>, who: typeof ann, to: typeof ann): bigint =>
  ask(chain, Query.delegation, { delegatorAddr: who.address, validatorAddr: toOperator(to.address) })
    .delegationResponse?.balance?.amount ?? -1n;

test("stake buys power two blocks later and comes back after the unbonding time", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  assert.equal(worth(chain, cat, ben), 60n * TOKEN);
  assert.equal(chain.read(validators.bondedTokens), 210n * TOKEN);
  const { validatorUpdates } = await chain.rawBlock([chain.sign(cat, undelegate(cat, ben, 10n * TOKEN))]);
  assert.deepEqual(
    validatorUpdates.map(({ power }) => power),
    [100n],
  );
  const asked = { delegatorAddr: cat.address, validatorAddr: toOperator(ben.address) };
  const { unbond } = ask(chain, Query.unbondingDelegation, asked);
  assert.deepEqual(
    unbond?.entries.map(({ balance }) => balance),
    [10n * TOKEN],
  );
  await chain.rawBlock([], { lateMs: 98_000n });
  const early = held(chain, cat);
  await chain.rawBlock([]);
  assert.equal(held(chain, cat) - early, 10n * TOKEN, "in its time, and not before");
  const gone = chain.app.query({
    path: Query.unbondingDelegation.path,
    data: Query.unbondingDelegation.request.encode(asked),
    height: 0n,
  });
  assert.match(gone.log, /NotFound/);
});

test("what leaves in one block leaves as one entry, and at most seven are under way", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  await says(chain, cat, undelegate(cat, ben, TOKEN), undelegate(cat, ben, TOKEN));
  for (let i = 0; i < 6; i++) await says(chain, cat, undelegate(cat, ben, TOKEN));
  const asked = { delegatorAddr: cat.address, validatorAddr: toOperator(ben.address) };
  const entries = ask(chain, Query.unbondingDelegation, asked).unbond?.entries ?? [];
  assert.deepEqual([entries.length, entries[0]?.balance], [7, 2n * TOKEN]);
  await refuses(chain, [cat, errors.TooManyEntries, undelegate(cat, ben, TOKEN)]);
});

test("unbonding is cancelled in part and as a whole, and stakes again", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  await says(chain, cat, undelegate(cat, ben, 20n * TOKEN));
  const height = chain.height();
  await refuses(
    chain,
    [cat, errors.NotEnough, cancel(cat, ben, 21n * TOKEN, height)],
    [cat, errors.NoUnbonding, cancel(cat, ben, TOKEN, height + 1n)],
    [cat, errors.NoUnbonding, cancel(cat, ben, TOKEN, 0n)],
  );
  await says(chain, cat, cancel(cat, ben, 5n * TOKEN, height));
  assert.equal(worth(chain, cat, ben), 45n * TOKEN);
  const asked = { delegatorAddr: cat.address, validatorAddr: toOperator(ben.address) };
  const [left] = ask(chain, Query.unbondingDelegation, asked).unbond?.entries ?? [];
  assert.deepEqual(
    [left?.initialBalance, left?.balance],
    [15n * TOKEN, 15n * TOKEN],
    "a slash takes of both",
  );
  await says(chain, cat, cancel(cat, ben, 15n * TOKEN, height));
  assert.equal(worth(chain, cat, ben), 60n * TOKEN);
  await refuses(chain, [cat, errors.NoUnbonding, cancel(cat, ben, TOKEN, height)]);
});

test("stake moves at once, and does not move on before its time", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  await says(chain, cat, redelegate(cat, ben, ann, 20n * TOKEN));
  assert.deepEqual([worth(chain, cat, ben), worth(chain, cat, ann)], [40n * TOKEN, 20n * TOKEN]);
  await refuses(
    chain,
    [cat, errors.Moving, redelegate(cat, ann, ben, TOKEN)],
    [cat, errors.SameValidator, redelegate(cat, ann, ann, TOKEN)],
    [cat, errors.NoValidator, redelegate(cat, ben, dan, TOKEN)],
    [dan, errors.NoDelegation, redelegate(dan, ben, ann, TOKEN)],
  );
  const asked = { delegatorAddr: cat.address, srcValidatorAddr: toOperator(ben.address) };
  const { redelegationResponses } = ask(chain, Query.redelegations, asked);
  assert.deepEqual(redelegationResponses[0]?.entries[0]?.balance, 20n * TOKEN);
  await chain.rawBlock([], { lateMs: 100_000n });
  assert.deepEqual(ask(chain, Query.redelegations, asked).redelegationResponses, []);
  await says(chain, cat, redelegate(cat, ann, ben, TOKEN));
});

test("stake of nobody, of nothing, of other coins and beyond what there is is refused", async () => {
  const chain = newStaked();
  const [to] = [toOperator(ben.address)];
  await says(chain, cat, delegate(cat, ben, TOKEN));
  await refuses(
    chain,
    [cat, errors.NoValidator, delegate(cat, dan, TOKEN)],
    [cat, errors.BadAmount, delegate(cat, ben, 0n)],
    [cat, errors.NotEnough, undelegate(cat, ben, 2n * TOKEN)],
    [dan, errors.NoDelegation, undelegate(dan, ben, TOKEN)],
  );
  assert.match(
    chain.app.query({
      path: Query.delegation.path,
      data: Query.delegation.request.encode({ delegatorAddr: dan.address, validatorAddr: to }),
      height: 0n,
    }).log,
    /key not found/,
  );
});

test("all power together stays within what consensus counts", async () => {
  const rich = altered("bank", Bank, (state) => ({
    ...state,
    balances: state.balances.map((held) =>
      held.address === cat.address ? { ...held, amount: 1n << 100n } : held,
    ),
  }));
  const alter = staked([{ who: ann, stakes: [[ann, TOKEN]] }]);
  const chain = newChain({ members: [ann, ben], others: [cat], alter: (state) => rich(alter(state)) });
  const most = ((2n ** 63n - 1n) / 8n) * TOKEN - TOKEN;
  await refuses(chain, [cat, errors.TooMuchStake, delegate(cat, ann, most + 1n)]);
  await says(chain, cat, delegate(cat, ann, most));
});

test("a chain with an agreed set takes no stake", async () => {
  const chain = newChain({ members: [ann, ben], others: [cat] });
  await refuses(
    chain,
    [cat, errors.NoStaking, delegate(cat, ben, TOKEN)],
    [cat, errors.NoStaking, undelegate(cat, ben, TOKEN)],
    [cat, errors.NoStaking, create(cat, { value: coin(TOKEN) })],
  );
  assert.equal(ask(chain, Query.params, {}).params?.bondDenom, "uiter");
  assert.deepEqual(ask(chain, Query.validators, { status: "BOND_STATUS_BONDED" }).validators, []);
});

test("lists of stake come in pages, by validator and by delegator", async () => {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, TOKEN), delegate(cat, ann, TOKEN));
  const pagination = { key: new Uint8Array(0), offset: 0n, limit: 1n, countTotal: true, reverse: false };
  const first = ask(chain, Query.validators, { pagination });
  assert.deepEqual([first.validators.length, first.pagination?.total], [1, 2n]);
  const key = first.pagination?.nextKey ?? new Uint8Array(0);
  const second = ask(chain, Query.validators, { pagination: { ...pagination, key } });
  assert.notEqual(first.validators[0]?.operatorAddress, second.validators[0]?.operatorAddress);
  const validatorAddr = toOperator(ben.address);
  const to = ask(chain, Query.validatorDelegations, { validatorAddr }).delegationResponses;
  assert.deepEqual(to.map(({ balance }) => balance?.amount).sort(), [TOKEN, 50n * TOKEN]);
  const of = ask(chain, Query.delegatorDelegations, { delegatorAddr: cat.address }).delegationResponses;
  assert.deepEqual(
    of.map(({ delegation }) => delegation?.shares),
    [TOKEN * ATTO, TOKEN * ATTO],
  );
  assert.equal(ask(chain, Query.delegatorValidators, { delegatorAddr: cat.address }).validators.length, 2);
  const one = ask(chain, Query.delegatorValidator, { delegatorAddr: cat.address, validatorAddr });
  assert.equal(one.validator?.operatorAddress, validatorAddr);
  assert.deepEqual(ask(chain, Query.pool, {}).pool, { bondedTokens: 152n * TOKEN, notBondedTokens: 0n });
});

test("queries that say too little or ask for what is not kept are refused in words of their own", () => {
  const chain = newStaked();
  const refusal = (path: string, data: Uint8Array) => {
    const { codespace, code } = chain.app.query({ path, data, height: 0n });
    return `${codespace} ${code}`;
  };
  const { validators: list, redelegations, historicalInfo, validator, delegation } = Query;
  const of = (error: { codespace: string; code: number }) => `${error.codespace} ${error.code}`;
  const zero = { pagination: undefined };
  assert.equal(refusal(list.path, list.request.encode({ status: "IDLE", ...zero })), of(errors.BadRequest));
  const nobody = { delegatorAddr: "", srcValidatorAddr: "", dstValidatorAddr: "", ...zero };
  assert.equal(refusal(redelegations.path, redelegations.request.encode(nobody)), of(errors.BadRequest));
  assert.equal(
    refusal(historicalInfo.path, historicalInfo.request.encode({ height: 1n })),
    of(errors.NoHistory),
  );
  const wrong = { validatorAddr: ann.address };
  assert.equal(refusal(validator.path, validator.request.encode(wrong)), of(errors.BadAddress));
  const both = { delegatorAddr: "me", validatorAddr: toOperator(ann.address) };
  assert.equal(refusal(delegation.path, delegation.request.encode(both)), of(errors.BadAddress));
});
