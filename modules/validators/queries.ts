import { concat } from "#chain/bytes/concat.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { pageOf } from "#chain/kernel/page.ts";
import type { Table } from "#chain/kernel/state.ts";
import { addressBytes, addressKey } from "#chain/protocol/address.ts";
import { BondStatus, type Query, type QueryRedelegationsRequest } from "#proto/gen/cosmos/staking.ts";
import type { Delegation, Redelegation, Unbonding, Validator } from "#proto/gen/iterum/validators.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { params } from "./params.ts";
import { BONDED_POOL, inPool, isBonded } from "./pools.ts";
import { validatorOf } from "./records.ts";
import {
  delegations,
  delegators,
  redelegations,
  redelegationsOf,
  unbondings,
  unbondingsOf,
  validators,
} from "./state.ts";
import { delegationTo, redelegationTo, unbondingTo, validatorTo } from "./wire.ts";

type Rows<T> = Iterable<readonly [Uint8Array, T]>;

const STATUSES: ReadonlyMap<string, number> = new Map(Object.entries(BondStatus));

/** Validators of a status, which "" or UNSPECIFIED leaves open; fails with (validators, 24) on any other. */
function* validatorsIn(ctx: ReadCtx, status: string): Rows<Validator> {
  const wanted = status === "" ? 0 : STATUSES.get(status);
  ensure(wanted !== undefined, errors.BadRequest, { status: status.slice(0, 40) });
  for (const [operator, validator] of validators.all(ctx))
    if (wanted === 0 || validator.status === wanted) yield [addressBytes(operator), validator];
}

/** Entries of a table by (account, operator) that are the account's. */
function* ofDelegator<T>(
  ctx: ReadCtx,
  table: Table<readonly [string, string], T>,
  delegator: string,
): Rows<T> {
  ensureAddress(delegator);
  for (const [[, operator], row] of table.under(ctx, addressKey, delegator))
    yield [addressBytes(operator), row];
}

function* delegationsTo(ctx: ReadCtx, operator: string): Rows<Delegation> {
  validatorOf(ctx, operator);
  for (const [[, delegator]] of delegators.under(ctx, addressKey, operator))
    yield [addressBytes(delegator), delegationOf(ctx, delegator, operator)];
}

function* unbondingsFrom(ctx: ReadCtx, operator: string): Rows<Unbonding> {
  for (const [[, delegator]] of unbondingsOf.under(ctx, addressKey, operator))
    yield [addressBytes(delegator), unbondingOf(ctx, delegator, operator)];
}

function delegationOf(ctx: ReadCtx, delegator: string, operator: string): Delegation {
  ensureAddress(delegator);
  const found = delegations.get(ctx, [delegator, operator]);
  ensure(found, errors.NoDelegation, { delegator, operator });
  return found;
}

function unbondingOf(ctx: ReadCtx, delegator: string, operator: string): Unbonding {
  ensureAddress(delegator);
  const found = unbondings.get(ctx, [delegator, operator]);
  ensure(found, errors.NoUnbonding, { delegator, operator });
  return found;
}

const joined = (...addresses: readonly string[]): Uint8Array => concat(...addresses.map(addressBytes));

/** Of a delegator, of a source, or of both; to one destination or any. */
function* redelegationsAsked(ctx: ReadCtx, asked: QueryRedelegationsRequest): Rows<Redelegation> {
  const { delegatorAddr, srcValidatorAddr, dstValidatorAddr } = asked;
  const source = srcValidatorAddr === "" ? undefined : operatorOf(srcValidatorAddr);
  const destination = dstValidatorAddr === "" ? undefined : operatorOf(dstValidatorAddr);
  const fits = (each: Redelegation): boolean =>
    (source ?? each.source) === each.source && (destination ?? each.destination) === each.destination;
  if (delegatorAddr !== "") {
    ensureAddress(delegatorAddr);
    for (const [[, to, from], each] of redelegations.under(ctx, addressKey, delegatorAddr))
      if (fits(each)) yield [joined(to, from), each];
    return;
  }
  ensure(source, errors.BadRequest, { missing: "a delegator or a source" });
  for (const [[from, delegator, to]] of redelegationsOf.under(ctx, addressKey, source)) {
    const each = redelegations.get(ctx, [delegator, to, from]);
    if (each && fits(each)) yield [joined(delegator, to), each];
  }
}

/** The reads of stake that wallets of the Cosmos world make. */
export const answers: Answers<typeof Query> = {
  validators: (ctx, { status, pagination: asked }) => {
    const { items, pagination } = pageOf(validatorsIn(ctx, status), asked);
    return { validators: items.map(validatorTo), pagination };
  },
  validator: (ctx, { validatorAddr }) => ({
    validator: validatorTo(validatorOf(ctx, operatorOf(validatorAddr))),
  }),
  validatorDelegations: (ctx, { validatorAddr, pagination: asked }) => {
    const { items, pagination } = pageOf(delegationsTo(ctx, operatorOf(validatorAddr)), asked);
    return { delegationResponses: items.map((each) => delegationTo(ctx, each)), pagination };
  },
  validatorUnbondingDelegations: (ctx, { validatorAddr, pagination: asked }) => {
    const { items, pagination } = pageOf(unbondingsFrom(ctx, operatorOf(validatorAddr)), asked);
    return { unbondingResponses: items.map(unbondingTo), pagination };
  },
  delegation: (ctx, { delegatorAddr, validatorAddr }) => {
    const found = delegationOf(ctx, delegatorAddr, operatorOf(validatorAddr));
    return { delegationResponse: delegationTo(ctx, found) };
  },
  unbondingDelegation: (ctx, { delegatorAddr, validatorAddr }) => ({
    unbond: unbondingTo(unbondingOf(ctx, delegatorAddr, operatorOf(validatorAddr))),
  }),
  delegatorDelegations: (ctx, { delegatorAddr, pagination: asked }) => {
    const { items, pagination } = pageOf(ofDelegator(ctx, delegations, delegatorAddr), asked);
    return { delegationResponses: items.map((each) => delegationTo(ctx, each)), pagination };
  },
  delegatorUnbondingDelegations: (ctx, { delegatorAddr, pagination: asked }) => {
    const { items, pagination } = pageOf(ofDelegator(ctx, unbondings, delegatorAddr), asked);
    return { unbondingResponses: items.map(unbondingTo), pagination };
  },
  redelegations: (ctx, { pagination: asked, ...wanted }) => {
    const { items, pagination } = pageOf(redelegationsAsked(ctx, { ...wanted, pagination: asked }), asked);
    return { redelegationResponses: items.map((each) => redelegationTo(ctx, each)), pagination };
  },
  delegatorValidators: (ctx, { delegatorAddr, pagination: asked }) => {
    const { items, pagination } = pageOf(ofDelegator(ctx, delegations, delegatorAddr), asked);
    return { validators: items.map(({ operator }) => validatorTo(validatorOf(ctx, operator))), pagination };
  },
  delegatorValidator: (ctx, { delegatorAddr, validatorAddr }) => {
    const { operator } = delegationOf(ctx, delegatorAddr, operatorOf(validatorAddr));
    return { validator: validatorTo(validatorOf(ctx, operator)) };
  },
  historicalInfo: (_, { height }) => {
    throw errors.NoHistory({ height });
  },
  pool: (ctx) => ({
    pool: { bondedTokens: inPool(ctx, BONDED_POOL), notBondedTokens: notBonded(ctx) },
  }),
  params: (ctx) => ({ params: params(ctx) }),
};

/** What is staked outside of the set: what is on its way out is nobody's stake any more. */
function notBonded(ctx: ReadCtx): bigint {
  let sum = 0n;
  for (const [, validator] of validators.all(ctx)) if (!isBonded(validator)) sum += validator.tokens;
  return sum;
}
