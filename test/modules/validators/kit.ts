import assert from "node:assert/strict";
import type { ErrorFactory } from "#chain/kernel/error.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import * as bank from "#modules/bank/api.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "#proto/gen/cosmos/staking.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, type Said, say, type TestChain } from "#test/kit/chain.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { consensusKey, type Staked, staked } from "#test/kit/staked.ts";

export const [ann, ben, cat, dan, eve, fay] = people("ann", "ben", "cat", "dan", "eve", "fay") as [
  Person,
  Person,
  Person,
  Person,
  Person,
  Person,
];
export const ATTO = 10n ** 18n;
export const coin = (amount: bigint, denom = DENOM) => ({ denom, amount });

/** Ann and Ben run validators with 100 and 50 tokens of their own; the others have none. */
export const newStaked = (
  stakes: readonly Staked[] = [
    { who: ann, stakes: [[ann, 100n * TOKEN]] },
    { who: ben, stakes: [[ben, 50n * TOKEN]] },
  ],
): TestChain => newChain({ members: [ann, ben], others: [cat, dan, eve, fay], alter: staked(stakes) });

export const rates = { rate: ATTO / 10n, maxRate: ATTO / 2n, maxChangeRate: ATTO / 100n };
export const description = (moniker: string) => ({
  ...{ moniker, identity: "", website: "", securityContact: "", details: "" },
});

export const create = (who: Person, change: Partial<MsgCreateValidator> = {}): Said =>
  say(MsgCreateValidator, {
    description: description(who.name),
    commission: rates,
    minSelfDelegation: 1n,
    delegatorAddress: "",
    validatorAddress: toOperator(who.address),
    pubkey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: consensusKey(who) }) },
    value: coin(10n * TOKEN),
    ...change,
  });

export const edit = (who: Person, change: Partial<MsgEditValidator> = {}): Said =>
  say(MsgEditValidator, {
    description: description("[do-not-modify]"),
    validatorAddress: toOperator(who.address),
    commissionRate: undefined,
    minSelfDelegation: undefined,
    ...change,
  });

const parties = (delegator: Person, validator: Person) => ({
  delegatorAddress: delegator.address,
  validatorAddress: toOperator(validator.address),
});

export const delegate = (who: Person, to: Person, amount: bigint): Said =>
  say(MsgDelegate, { ...parties(who, to), amount: coin(amount) });

export const undelegate = (who: Person, from: Person, amount: bigint): Said =>
  say(MsgUndelegate, { ...parties(who, from), amount: coin(amount) });

export const cancel = (who: Person, from: Person, amount: bigint, creationHeight: bigint): Said =>
  say(MsgCancelUnbondingDelegation, { ...parties(who, from), amount: coin(amount), creationHeight });

export const redelegate = (who: Person, from: Person, to: Person, amount: bigint): Said =>
  say(MsgBeginRedelegate, {
    delegatorAddress: who.address,
    validatorSrcAddress: toOperator(from.address),
    validatorDstAddress: toOperator(to.address),
    amount: coin(amount),
  });

export const held = (chain: TestChain, { address }: Person): bigint =>
  chain.read((ctx) => bank.balance(ctx, address, DENOM));

/** What somebody says, and the error that it must meet. */
type Refusal = readonly [who: Person, error: ErrorFactory, ...said: Said[]];

/** Says all of it in one block: each must fail with its own error, and no stake may change. */
export async function refuses(chain: TestChain, ...refusals: readonly Refusal[]): Promise<void> {
  const stake = () => [chain.app.dump()["validators"], chain.app.dump()["slashing"]];
  const before = stake();
  // One transaction each: a sender's others would wait for its turn.
  for (const [who, { codespace, code }, ...said] of refusals) {
    const [result] = await chain.block([who, ...said]);
    assert.deepEqual([result?.codespace, result?.code], [codespace, code], result?.log);
  }
  assert.deepEqual(stake(), before);
}
