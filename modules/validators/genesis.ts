import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as auth from "#modules/auth/api.ts";
import type { GenesisState } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { POOL_NAMES } from "./pools.ts";
import { indexAll } from "./records.ts";
import {
  changed,
  consensusKeys,
  delegations,
  delegators,
  founders,
  leavings,
  nextLeaving,
  params,
  redelegations,
  redelegationsOf,
  seats,
  unbondings,
  unbondingsOf,
  validators,
} from "./state.ts";

/** Whether genesis says anything of stake. */
function isEmpty(genesis: GenesisState): boolean {
  const { founders: first, validators: all, delegations: staked } = genesis;
  return (first?.messages.length ?? 0) + all.length + staked.length === 0;
}

/** Puts parameters, who founds the set, and the stake of an exported chain into the state. */
export function initValidators(ctx: WriteCtx, genesis: GenesisState): void {
  for (const name of POOL_NAMES) auth.ensureModuleAccount(ctx, name);
  if (!genesis.params) {
    ensure(isEmpty(genesis), errors.BadGenesis, { missing: "params" });
    return;
  }
  params.set(ctx, genesis.params);
  if (genesis.founders && genesis.founders.messages.length > 0) founders.set(ctx, genesis.founders);
  for (const key of genesis.consensusKeys) consensusKeys.set(ctx, key.address, key);
  for (const validator of genesis.validators) validators.set(ctx, validator.operator, validator);
  for (const seat of genesis.seats) seats.set(ctx, seat.operator, seat);
  for (const each of genesis.delegations) {
    const { delegator, operator } = each;
    delegations.set(ctx, [delegator, operator], each);
    delegators.set(ctx, [operator, delegator], true);
  }
  for (const each of genesis.unbondings) {
    const { delegator, operator } = each;
    unbondings.set(ctx, [delegator, operator], each);
    unbondingsOf.set(ctx, [operator, delegator], true);
  }
  for (const each of genesis.redelegations) {
    const { delegator, source, destination } = each;
    redelegations.set(ctx, [delegator, destination, source], each);
    redelegationsOf.set(ctx, [source, delegator, destination], true);
  }
  for (const each of genesis.leavings) leavings.set(ctx, [each.endsMs, each.number], each);
  if (genesis.nextLeaving > 0n) nextLeaving.set(ctx, genesis.nextLeaving);
  indexAll(ctx);
  if (genesis.changed) changed.set(ctx, true);
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
});
