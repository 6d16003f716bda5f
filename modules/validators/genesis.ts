import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import type { GenesisState } from "#proto/gen/iterum/validators.ts";
import { KEY_BYTES } from "./create-validator.ts";
import { errors } from "./errors.ts";
import { poolsAreExact, setIsTold, sharesSum } from "./invariants.ts";
import { POOL_NAMES } from "./pools.ts";
import { indexAll } from "./records.ts";
import {
  CONSENSUS_ADDRESS_BYTES,
  changed,
  consensusKeys,
  delegations,
  delegators,
  founders,
  leavings,
  nextLeaving,
  params,
  readyOnly,
  redelegations,
  seats,
  unbondings,
  validators,
} from "./state.ts";
import { entriesAreOrdered, redelegationOf, saveRedelegation, saveUnbonding } from "./under-way.ts";
import { checkParams } from "./update-params.ts";

/** Whether genesis says anything of stake. */
function isEmpty(genesis: GenesisState): boolean {
  const { founders: first, validators: all, delegations: staked, seats: told, unbondings: leaving } = genesis;
  return (first ? 1 : 0) + all.length + staked.length + told.length + leaving.length === 0;
}

/** Fails with (validators, 4) unless these are addresses and what lies between them is new. */
function ensureNew(isNew: boolean, ...addresses: readonly string[]): void {
  const sound = isNew && addresses.every((address) => parseAddress(address));
  ensure(sound, errors.BadGenesis, { parties: addresses.join(" ").slice(0, 160) });
}

function initStake(ctx: WriteCtx, genesis: GenesisState): void {
  for (const each of genesis.delegations) {
    const { delegator, operator } = each;
    ensureNew(!delegators.has(ctx, [operator, delegator]), delegator, operator);
    delegations.set(ctx, [delegator, operator], each);
    delegators.set(ctx, [operator, delegator], true);
  }
  for (const each of genesis.unbondings) {
    const { delegator, operator } = each;
    ensureNew(!unbondings.has(ctx, [delegator, operator]), delegator, operator);
    saveUnbonding(ctx, each);
  }
  for (const each of genesis.redelegations) {
    const { delegator, source, destination } = each;
    const isNew = redelegationOf(ctx, each).entries.length === 0;
    ensureNew(isNew, delegator, destination, source);
    saveRedelegation(ctx, each);
  }
  for (const each of genesis.leavings) leavings.set(ctx, [each.endsMs, each.number], each);
  if (genesis.nextLeaving > 0n) nextLeaving.set(ctx, genesis.nextLeaving);
}

function initSet(ctx: WriteCtx, genesis: GenesisState): void {
  for (const key of genesis.consensusKeys) {
    const isNew = key.address.length === CONSENSUS_ADDRESS_BYTES && !consensusKeys.has(ctx, key.address);
    ensure(isNew && parseAddress(key.operator), errors.BadGenesis, { keyOf: key.operator });
    consensusKeys.set(ctx, key.address, key);
  }
  for (const each of genesis.validators) {
    ensureNew(!validators.has(ctx, each.operator), each.operator);
    ensure(each.publicKey.length === KEY_BYTES, errors.BadGenesis, { keyOf: each.operator });
    validators.set(ctx, each.operator, each);
  }
  for (const seat of genesis.seats) {
    ensureNew(!seats.has(ctx, seat.operator), seat.operator);
    seats.set(ctx, seat.operator, seat);
  }
}

/** Puts parameters, who founds the set, and the stake of an exported chain into the state. */
export function initValidators(ctx: WriteCtx, genesis: GenesisState): void {
  for (const name of POOL_NAMES) auth.ensureModuleAccount(ctx, name);
  if (!genesis.params) {
    ensure(isEmpty(genesis), errors.BadGenesis, { missing: "params" });
    return;
  }
  checkParams(genesis.params);
  params.set(ctx, genesis.params);
  const { messages = [], transactions = [] } = genesis.founders ?? {};
  if (messages.length + transactions.length > 0) founders.set(ctx, { messages, transactions });
  if (genesis.readyOnly) readyOnly.set(ctx, true);
  initSet(ctx, genesis);
  initStake(ctx, genesis);
  indexAll(ctx);
  if (genesis.changed) changed.set(ctx, true);
  for (const { name, holds } of [poolsAreExact, sharesSum, setIsTold, entriesAreOrdered])
    ensure(holds(ctx), errors.BadGenesis, { broken: name });
}

/** The whole state as genesis. */
export const dumpValidators = (ctx: ReadCtx): GenesisState => ({
  params: params.find(ctx),
  founders: founders.find(ctx),
  validators: [...validators.all(ctx)].map(([, each]) => each),
  consensusKeys: [...consensusKeys.all(ctx)].map(([, each]) => each),
  seats: [...seats.all(ctx)].map(([, each]) => each),
  delegations: [...delegations.all(ctx)].map(([, each]) => each),
  unbondings: [...unbondings.all(ctx)].map(([, each]) => each),
  redelegations: [...redelegations.all(ctx)].map(([, each]) => each),
  leavings: [...leavings.all(ctx)].map(([, each]) => each),
  nextLeaving: nextLeaving.find(ctx) ?? 0n,
  changed: changed.find(ctx) ?? false,
  readyOnly: readyOnly.find(ctx) ?? false,
});
