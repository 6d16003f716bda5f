import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx, ValidatorUpdate, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import type { Seat, Validator } from "#proto/gen/iterum/validators.ts";
import { Status } from "#proto/gen/iterum/validators.ts";
import { found } from "./create-validator.ts";
import { errors } from "./errors.ts";
import { seatLeft, seatTaken } from "./events.ts";
import { consensusKeyUnseated, validatorBonded, validatorUnbonding } from "./hooks.ts";
import { schedule } from "./leaving.ts";
import { isStaked, params, unbondingMs } from "./params.ts";
import { BONDED_POOL, isBonded, move, NOT_BONDED_POOL } from "./pools.ts";
import { powerOf, save, validatorOf } from "./records.ts";
import { byPower, changed, consensusKeys, founders, seats } from "./state.ts";

const NO_CHANGE: ValidatorUpdate = { publicKey: new Uint8Array(0), power: 1n };

/** The most powerful candidates, as many as the set has seats. */
function chosenOf(ctx: ReadCtx): ReadonlyMap<string, Validator> {
  const { maxValidators } = params(ctx);
  const chosen = new Map<string, Validator>();
  for (const [[, operator]] of byPower.all(ctx)) {
    if (chosen.size === maxValidators) break;
    chosen.set(operator, validatorOf(ctx, operator));
  }
  return chosen;
}

function bond(ctx: WriteCtx, validator: Validator): void {
  const { operator, tokens } = validator;
  move(ctx, NOT_BONDED_POOL, BONDED_POOL, tokens);
  save(ctx, { ...validator, status: Status.STATUS_BONDED });
  seatTaken(ctx, { operator });
  ctx.fire(validatorBonded, { operator });
}

function unbond(ctx: WriteCtx, operator: string): void {
  const validator = validatorOf(ctx, operator);
  move(ctx, BONDED_POOL, NOT_BONDED_POOL, validator.tokens);
  const unbondingAtMs = ctx.timeMs + unbondingMs(ctx);
  const status = Status.STATUS_UNBONDING;
  save(ctx, { ...validator, status, unbondingHeight: ctx.height, unbondingMs: unbondingAtMs });
  schedule(ctx, { delegator: "", operator, source: "", endsMs: unbondingAtMs });
  seatLeft(ctx, { operator });
  ctx.fire(validatorUnbonding, { operator });
}

/**
 * Elects the set anew where anything has changed; gives what consensus must be told. Where nobody can be
 * elected the set stays as it was, until somebody can: a chain without validators could never go on.
 */
export function elect(ctx: WriteCtx): readonly ValidatorUpdate[] {
  if (!isStaked(ctx) || !changed.find(ctx)) return [];
  const chosen = chosenOf(ctx);
  if (chosen.size === 0) return [];
  changed.delete(ctx);
  const updates: ValidatorUpdate[] = [];
  for (const [operator, { publicKey }] of [...seats.all(ctx)]) {
    if (chosen.has(operator)) continue;
    updates.push({ publicKey, power: 0n });
    ctx.fire(consensusKeyUnseated, { consensusAddress: consensusAddress(publicKey) });
    seats.delete(ctx, operator);
    unbond(ctx, operator);
  }
  for (const [operator, validator] of chosen) {
    const seat = seats.get(ctx, operator);
    if (!isBonded(validator)) bond(ctx, validator);
    const changes = seatChanges(seat, validator);
    if (changes.length > 0) seats.set(ctx, operator, seatOf(validator));
    updates.push(...changes);
    const [{ publicKey, power } = NO_CHANGE] = changes;
    if (power === 0n) ctx.fire(consensusKeyUnseated, { consensusAddress: consensusAddress(publicKey) });
  }
  return updates;
}

const seatOf = (validator: Validator): Seat => {
  const { operator, publicKey } = validator;
  return { operator, publicKey, power: powerOf(validator) };
};

/** What consensus must be told so that a seat becomes that of a validator. */
function seatChanges(seat: Seat | undefined, validator: Validator): readonly ValidatorUpdate[] {
  const { publicKey, power } = seatOf(validator);
  if (!seat) return [{ publicKey, power }];
  if (!equalBytes(seat.publicKey, publicKey))
    return [
      { publicKey: seat.publicKey, power: 0n },
      { publicKey, power },
    ];
  return seat.power === power ? [] : [{ publicKey, power }];
}

/** Whether the key of a consensus address is in the set, as consensus was told last. */
export function isSeated(ctx: ReadCtx, address: Uint8Array): boolean {
  const key = consensusKeys.get(ctx, address);
  const seat = key && seats.get(ctx, key.operator);
  return seat !== undefined && equalBytes(consensusAddress(seat.publicKey), address);
}

/** The set as consensus was told last, by key. */
function currentSet(ctx: ReadCtx): readonly ValidatorUpdate[] {
  const all = [...seats.all(ctx)].map(([, { publicKey, power }]) => ({ publicKey, power }));
  return all.sort((a, b) => compareBytes(a.publicKey, b.publicKey));
}

/** Signed transactions of founders, for whoever can verify them; none later than genesis. */
export const foundingTxs = (ctx: ReadCtx): readonly Uint8Array[] => founders.find(ctx)?.transactions ?? [];

/**
 * Founds the set of a new chain, and elects it. Gives the whole set, or nothing where the chain keeps that of
 * consensus. Fails with (validators, 4) where consensus is given another one to begin with.
 */
export function launch(ctx: WriteCtx, given: readonly ValidatorUpdate[] = []): readonly ValidatorUpdate[] {
  if (!isStaked(ctx)) return [];
  for (const message of founders.find(ctx)?.messages ?? []) found(ctx, message);
  founders.delete(ctx);
  elect(ctx);
  const set = currentSet(ctx);
  ensure(set.length > 0, errors.BadGenesis, { validators: 0 });
  const begun = [...given].sort((a, b) => compareBytes(a.publicKey, b.publicKey));
  const same =
    begun.length === set.length && begun.every((each, i) => isSame(each, set[i] as ValidatorUpdate));
  ensure(given.length === 0 || same, errors.BadGenesis, { validators: "not those of consensus' genesis" });
  return set;
}

const isSame = (a: ValidatorUpdate, b: ValidatorUpdate): boolean =>
  a.power === b.power && equalBytes(a.publicKey, b.publicKey);
