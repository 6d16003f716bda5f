import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import type { Validator } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { validatorRemoved } from "./hooks.ts";
import { byPower, changed, consensusKeys, readyOnly, seats, validators } from "./state.ts";

/** Base units of stake that make one of power. */
export const POWER_UNITS = 1_000_000n;

/** What a validator counts for in consensus. */
export const powerOf = ({ tokens }: Validator): bigint => mulDiv(tokens, 1n, POWER_UNITS, "down");

/** The validator of an operator; fails with (validators, 3). */
export function validatorOf(ctx: ReadCtx, operator: string): Validator {
  const found = parseAddress(operator) && validators.get(ctx, operator);
  ensure(found, errors.NoValidator, { operator: operator.slice(0, 80) });
  return found;
}

/** The power under which a validator stands for election; 0 where it does not. */
export const candidature = (ctx: ReadCtx, validator: Validator | undefined): bigint =>
  !validator || validator.jailed || (readyOnly.find(ctx) && !validator.ready) ? 0n : powerOf(validator);

function reindex(ctx: WriteCtx, operator: string, before: bigint, after: bigint): void {
  if (before === after) return;
  if (before > 0n) byPower.delete(ctx, [before, operator]);
  if (after > 0n) byPower.set(ctx, [after, operator], true);
  changed.set(ctx, true);
}

/** Stores a validator, and where it stands for election. */
export function save(ctx: WriteCtx, validator: Validator): void {
  const { operator, publicKey } = validator;
  const before = validators.get(ctx, operator);
  validators.set(ctx, operator, validator);
  reindex(ctx, operator, candidature(ctx, before), candidature(ctx, validator));
  // Another key of one in the set is a change too.
  const isOther = before !== undefined && !equalBytes(before.publicKey, publicKey);
  if (isOther && seats.has(ctx, operator)) changed.set(ctx, true);
}

/** Removes a validator that has left the set and has no shares. Its keys stay taken for ever. */
export function removeEmpty(ctx: WriteCtx, operator: string): void {
  const validator = validatorOf(ctx, operator);
  validators.delete(ctx, operator);
  reindex(ctx, operator, candidature(ctx, validator), 0n);
  ctx.fire(validatorRemoved, { operator, consensusAddress: consensusAddress(validator.publicKey) });
}

/** Takes a consensus key for a validator; fails with (validators, 10) where anybody has or had it. */
export function takeKey(ctx: WriteCtx, operator: string, publicKey: Uint8Array): Uint8Array {
  const address = consensusAddress(publicKey);
  ensure(!consensusKeys.has(ctx, address), errors.KeyTaken, { operator });
  consensusKeys.set(ctx, address, { address, operator, height: ctx.height });
  return address;
}

/** The validator whose key has, or had, that consensus address (20 bytes); none once it is gone. */
export function byConsensusAddress(ctx: ReadCtx, address: Uint8Array): Validator | undefined {
  const key = consensusKeys.get(ctx, address);
  const found = key && validators.get(ctx, key.operator);
  return found && key.height >= found.createdHeight ? found : undefined;
}

/** Makes the order of candidates anew from all validators; for genesis. */
export function indexAll(ctx: WriteCtx): void {
  for (const [operator, validator] of [...validators.all(ctx)])
    reindex(ctx, operator, 0n, candidature(ctx, validator));
  changed.delete(ctx);
}

/** Lets only those be elected that are ready; for genesis. */
export function requireReady(ctx: WriteCtx): void {
  if (readyOnly.find(ctx)) return;
  const all = [...validators.all(ctx)].map(([, validator]) => validator);
  const before = all.map((validator) => candidature(ctx, validator));
  readyOnly.set(ctx, true);
  for (const [i, validator] of all.entries())
    reindex(ctx, validator.operator, before[i] as bigint, candidature(ctx, validator));
}

/** Lets a validator be elected, or not any more. */
export const setReady = (ctx: WriteCtx, operator: string, ready: boolean): void =>
  save(ctx, { ...validatorOf(ctx, operator), ready });
