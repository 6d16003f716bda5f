import assert from "node:assert/strict";
import test from "node:test";
import { Secp256k1Wallet } from "@cosmjs/amino";
import { AminoTypes, createDefaultAminoConverters, SigningStargateClient } from "@cosmjs/stargate";
import { BasicAllowance as CosmjsBasic } from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import { MsgGrantAllowance as CosmjsGrant } from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import { TxRaw as CosmjsTxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { toJson } from "#chain/proto/json.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { iterumAminoTypes } from "#client/amino.ts";
import { iterumRegistry } from "#client/registry.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import { errors } from "#modules/feegrant/errors.ts";
import { BasicAllowance, Grant, Query, QueryAllowancesRequest } from "#proto/gen/cosmos/feegrant.ts";
import { is } from "#test/chain/tx/kit.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import {
  ann,
  basic,
  ben,
  cat,
  coins,
  FEE,
  grant,
  newPurses,
  paidBy,
  pay,
  periodic,
  revoke,
  START_S,
  time,
} from "./kit.ts";

const held = (chain: TestChain, { address }: { readonly address: string }): bigint =>
  chain.read((ctx) => bank.balance(ctx, address, DENOM));

/** Runs one transaction alone in a block; undefined or the error's place. */
async function fate(chain: TestChain, bytes: Uint8Array): Promise<string> {
  const { results } = await chain.rawBlock([bytes]);
  const { codespace, code } = results[0] ?? { codespace: "none", code: 1 };
  return code === 0 ? "ok" : `${codespace} ${code}`;
}
const place = ({ codespace, code }: { readonly codespace: string; readonly code: number }) =>
  `${codespace} ${code}`;
const stored = (chain: TestChain): Grant | undefined => {
  const request = Query.allowance.request.encode({ granter: ann.address, grantee: cat.address });
  const { code, value } = chain.app.query({ path: Query.allowance.path, data: request, height: 0n });
  return code === 0 ? Query.allowance.response.decode(value).allowance : undefined;
};

test("the granter pays the fee and the grantee what it sends", async () => {
  const chain = newPurses();
  assert.equal((await chain.block([ann, grant(basic())]))[0]?.log, "");
  const before = [held(chain, ann), held(chain, cat)] as const;
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat, 400n))), "ok");
  assert.deepEqual([before[0] - held(chain, ann), before[1] - held(chain, cat)], [FEE, 400n]);
  assert.ok(stored(chain), "an allowance without limit stays");
});

test("somebody without a coin can act, because a grant opens the account", async () => {
  const chain = newChain({ members: [ann], others: [ben] });
  await chain.block([ann, grant(basic())]);
  assert.equal(await fate(chain, paidBy(chain, cat, ann, grant(basic(), ben, cat))), "ok");
  assert.equal(
    chain.read((ctx) => auth.account(ctx, cat.address)?.sequence),
    1n,
  );
});

test("a limit shrinks by every fee, also of a failing message, and then the allowance is gone", async () => {
  const chain = newPurses();
  await chain.block([ann, grant(basic({ spendLimit: coins(3n * FEE) }))]);
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat, 10_000n))), "sdk 5");
  const left = BasicAllowance.decode(stored(chain)?.allowance?.value ?? new Uint8Array());
  assert.deepEqual(left.spendLimit, coins(2n * FEE));
  for (const _ of [1, 2]) assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat))), "ok");
  assert.equal(stored(chain), undefined);
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat))), place(errors.NoAllowance));
});

test("a fee above the limit, in other coins, or of a stranger is refused and costs nothing", async () => {
  const chain = newPurses();
  await chain.block([ann, grant(basic({ spendLimit: coins(FEE - 1n) }))]);
  await chain.block([ann, grant(basic({ spendLimit: coins(FEE, "gold") }), ben)]);
  const before = held(chain, ann);
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat))), place(errors.LimitExceeded));
  assert.equal(await fate(chain, paidBy(chain, ben, ann, pay(ben))), place(errors.LimitExceeded));
  assert.equal(await fate(chain, paidBy(chain, cat, ben, pay(cat))), place(errors.NoAllowance));
  assert.equal(await fate(chain, paidBy(chain, cat, cat, pay(cat))), place(errors.NoAllowance));
  assert.equal(held(chain, ann), before);
  assert.equal(
    chain.read((ctx) => auth.account(ctx, cat.address)?.sequence),
    0n,
  );
});

test("an allowance pays until its last second and is then forgotten", async () => {
  const chain = newPurses();
  const expiration = time(START_S + 2n);
  await chain.block([ann, grant(basic({ expiration }))]);
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat))), "ok");
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat))), "ok");
  assert.equal(await fate(chain, paidBy(chain, cat, ann, pay(cat))), place(errors.NoAllowance));
  const late = await chain.block([ann, grant(basic({ expiration }))]);
  assert.equal(late[0]?.code, errors.Expired.code);
});

test("a periodic allowance has its limit anew in every period, within the whole", async () => {
  const chain = newPurses();
  const period = { seconds: 3n, nanos: 0 };
  const limits = { periodSpendLimit: coins(FEE), periodCanSpend: coins(FEE) };
  const whole = { ...BasicAllowance.zero(), spendLimit: coins(2n * FEE + 1n) };
  const periodReset = time(START_S + 3n);
  await chain.block([ann, grant(periodic({ basic: whole, period, ...limits, periodReset }))]);
  const fates: string[] = [];
  for (let i = 0; i < 7; i++) fates.push(await fate(chain, paidBy(chain, cat, ann, pay(cat))));
  const exceeded = place(errors.LimitExceeded);
  // Paid in seconds 1 and 3 after the grant; in second 6 one unit of the whole is left.
  assert.deepEqual(fates, ["ok", exceeded, "ok", exceeded, exceeded, exceeded, exceeded]);
});

test("an allowance that is none, given twice, to oneself or revoked twice is refused", async () => {
  const chain = newPurses();
  const zero = { denom: DENOM, amount: 0n };
  const period = { seconds: 3n, nanos: 0 };
  const sound = {
    period,
    periodSpendLimit: coins(5n),
    periodCanSpend: coins(5n),
    periodReset: time(START_S),
  };
  const bad = [
    grant(undefined),
    grant(basic({ spendLimit: [zero] })),
    grant(basic({ spendLimit: [...coins(1n), ...coins(1n)] })),
    grant(basic({ expiration: { seconds: 1n << 40n, nanos: 0 } })),
    grant(basic({ expiration: { seconds: START_S, nanos: -1 } })),
    grant(periodic({ ...sound, period: { seconds: 0n, nanos: 0 } })),
    grant(periodic({ ...sound, periodSpendLimit: [], periodCanSpend: [] })),
    grant(periodic({ ...sound, periodCanSpend: coins(6n) })),
    grant(periodic({ ...sound, periodReset: undefined })),
  ];
  for (const message of bad)
    assert.equal((await chain.block([ann, message]))[0]?.code, errors.BadAllowance.code);
  assert.equal((await chain.block([ann, grant(basic(), ann)]))[0]?.code, errors.BadAddress.code);
  assert.equal((await chain.block([ann, grant(periodic(sound))]))[0]?.code, 0);
  assert.equal((await chain.block([ann, grant(basic())]))[0]?.code, errors.AllowanceExists.code);
  assert.equal((await chain.block([ann, revoke()]))[0]?.code, 0);
  assert.equal((await chain.block([ann, revoke()]))[0]?.code, errors.NoAllowance.code);
  const nested = grant({ typeUrl: "/cosmos.feegrant.v1beta1.AllowedMsgAllowance", value: new Uint8Array() });
  assert.deepEqual((await chain.block([ann, nested]))[0]?.code, 34);
});

test("allowances are listed page by page, and a state with them is exported and imported", async () => {
  const chain = newPurses();
  await chain.block([ann, grant(basic({ expiration: time(START_S + 1_000n) }))]);
  await chain.block([ben, grant(basic({ spendLimit: coins(9n) }), cat, ben)]);
  const list = (key: Uint8Array, limit: bigint) => {
    const pagination = { ...QueryAllowancesRequest.zero().pagination, key, limit, offset: 0n };
    const data = Query.allowances.request.encode({
      grantee: cat.address,
      pagination: { ...pagination, countTotal: false, reverse: false },
    });
    return Query.allowances.response.decode(
      chain.app.query({ path: Query.allowances.path, data, height: 0n }).value,
    );
  };
  const first = list(new Uint8Array(), 1n);
  const second = list(first.pagination?.nextKey ?? new Uint8Array(), 1n);
  const granters = [...first.allowances, ...second.allowances].map(({ granter }) => granter);
  assert.deepEqual(new Set(granters), new Set([ann.address, ben.address]));
  assert.equal(second.pagination?.nextKey.length, 0);
  const byGranter = (granter: string) =>
    ask(chain, Query.allowancesByGranter, { granter }).allowances.map(({ grantee }) => grantee);
  assert.deepEqual([byGranter(ben.address), byGranter(cat.address)], [[cat.address], []]);
  const dumped = chain.app.dump()["feegrant"];
  const again = newChain({
    members: [ann],
    others: [ben],
    alter: (state) => ({ ...state, ...(dumped !== undefined && { feegrant: dumped }) }),
  });
  assert.deepEqual(again.app.dump()["feegrant"], dumped);
});

test("genesis allowances of no address, or twice for a pair, are refused; others are not found", () => {
  const entry = (granter: string) => toJson(Grant, { granter, grantee: cat.address, allowance: basic() });
  const started = (...granters: readonly string[]) => {
    const feegrant = { allowances: granters.map(entry) };
    return newChain({ members: [ann], others: [ben], alter: (state) => ({ ...state, feegrant }) });
  };
  for (const granters of [["x"], [cat.address], [ann.address, ann.address]])
    assert.throws(() => started(...granters), is(errors.BadGenesis));
  const chain = started(ann.address);
  const ask = (granter: string) => {
    const data = Query.allowance.request.encode({ granter, grantee: cat.address });
    return chain.app.query({ path: Query.allowance.path, data, height: 0n });
  };
  assert.equal(ask(ann.address).code, 0);
  assert.equal(place(ask(ben.address)), place(errors.NotFound));
  assert.match(ask(ben.address).log, /rpc error: code = NotFound/);
});

test("cosmjs grants an allowance in Amino JSON, and pays with it", async () => {
  const chain = newPurses();
  const wallet = await Secp256k1Wallet.fromKey(ann.secretKey, ADDRESS_PREFIX);
  const options = { registry: iterumRegistry(), aminoTypes: iterumAminoTypes() };
  const client = await SigningStargateClient.offline(wallet, options);
  const spendLimit = [{ denom: DENOM, amount: (10n * FEE).toString() }];
  const allowance = CosmjsBasic.fromPartial({ spendLimit, expiration: time(START_S + 500n) });
  const value = CosmjsGrant.fromPartial({
    granter: ann.address,
    grantee: cat.address,
    allowance: { typeUrl: BasicAllowance.typeUrl, value: CosmjsBasic.encode(allowance).finish() },
  });
  const number = chain.read((ctx) => auth.account(ctx, ann.address)?.number ?? 0n);
  const fee = { amount: [{ denom: DENOM, amount: "1000" }], gas: "1000000" };
  const message = { typeUrl: "/cosmos.feegrant.v1beta1.MsgGrantAllowance", value };
  const data = { accountNumber: number, sequence: 0, chainId: CHAIN_ID };
  const raw = await client.sign(ann.address, [message], fee, "", data);
  assert.equal(await fate(chain, CosmjsTxRaw.encode(raw).finish()), "ok");
  const own = await SigningStargateClient.offline(
    await Secp256k1Wallet.fromKey(cat.secretKey, ADDRESS_PREFIX),
    { ...options, aminoTypes: new AminoTypes(createDefaultAminoConverters()) },
  );
  const mine = chain.read((ctx) => auth.account(ctx, cat.address)?.number ?? 0n);
  const send = { fromAddress: cat.address, toAddress: ben.address, amount: [{ denom: DENOM, amount: "1" }] };
  const said = [{ typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: send }];
  const byAnn = { ...fee, granter: ann.address };
  const tx = await own.sign(cat.address, said, byAnn, "", {
    accountNumber: mine,
    sequence: 0,
    chainId: CHAIN_ID,
  });
  assert.equal(await fate(chain, CosmjsTxRaw.encode(tx).finish()), "ok");
});
