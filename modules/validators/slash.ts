import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { larger, smaller } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { addressKey } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import { type Entry, Status } from "#proto/gen/iterum/validators.ts";
import { slashed } from "./events.ts";
import { validatorSlashed } from "./hooks.ts";
import { bondDenom } from "./params.ts";
import { BONDED_POOL, NOT_BONDED_POOL, poolOf } from "./pools.ts";
import { POWER_UNITS, save, validatorOf } from "./records.ts";
import { SHARE } from "./shares.ts";
import { removeShares } from "./stake.ts";
import { delegations, redelegations, redelegationsOf, unbondingsOf, validators } from "./state.ts";
import { saveUnbonding, unbondingOf } from "./under-way.ts";

/** A deed that costs a share of the stake that stood behind it. */
export interface Deed {
  readonly operator: string;
  /** The last height of which a stake that left then still stood behind it. */
  readonly height: bigint;
  /** What the validator counted for in consensus. */
  readonly power: bigint;
  /** The share that it costs, in units of 10⁻¹⁸. */
  readonly fraction: bigint;
}

/** What was taken of stake that has left or moved, and how much of the slash that counts for. */
interface Taken {
  readonly burned: bigint;
  readonly counted: bigint;
}

const part = (amount: bigint, fraction: bigint): bigint => mulDiv(amount, fraction, SHARE, "down");

/** A deed as it is punished: what it takes from the pools is burnt at the end, from each at once. */
interface Slash extends Deed {
  readonly burns: Map<string, bigint>;
}

function take({ burns }: Slash, pool: string, amount: bigint): void {
  burns.set(pool, (burns.get(pool) ?? 0n) + amount);
}

/** Whether an entry stood behind the deed and has not come to its end. */
const stoodFor = (ctx: WriteCtx, { height }: Deed, entry: Entry): boolean =>
  entry.height >= height && entry.endsMs > ctx.timeMs;

/**
 * Takes up to an amount for each entry of what is on its way out of a delegation. The amounts come one by
 * one; returns what was taken.
 */
function slashUnbonding(
  ctx: WriteCtx,
  deed: Slash,
  delegator: string,
  operator: string,
  due: (entry: Entry) => bigint,
): bigint {
  const unbonding = unbondingOf(ctx, delegator, operator);
  let burned = 0n;
  const entries = unbonding.entries.map((entry) => {
    if (!stoodFor(ctx, deed, entry)) return entry;
    const taken = smaller(due(entry), entry.balance);
    burned += taken;
    return { ...entry, balance: entry.balance - taken };
  });
  if (burned > 0n) {
    saveUnbonding(ctx, { ...unbonding, entries });
    take(deed, NOT_BONDED_POOL, burned);
  }
  return burned;
}

function slashUnbondings(ctx: WriteCtx, deed: Slash): Taken {
  let [burned, counted] = [0n, 0n];
  for (const [[, delegator]] of [...unbondingsOf.under(ctx, addressKey, deed.operator)])
    burned += slashUnbonding(ctx, deed, delegator, deed.operator, ({ initial }) => {
      counted += part(initial, deed.fraction);
      return part(initial, deed.fraction);
    });
  return { burned, counted };
}

/** Takes from one that moved its stake away: first of what it takes out there, then of its shares there. */
function slashMoved(ctx: WriteCtx, deed: Slash, delegator: string, to: string, entry: Entry): bigint {
  const due = part(entry.initial, deed.fraction);
  let left = due;
  let burned = slashUnbonding(ctx, deed, delegator, to, ({ balance }) => {
    const taken = smaller(left, balance);
    left -= taken;
    return taken;
  });
  const held = delegations.get(ctx, [delegator, to]);
  if (left === 0n || !held) return burned;
  // Of the shares that the entry made, those for what is not paid yet.
  const shares = smaller(mulDiv(part(entry.shares, deed.fraction), left, due, "down"), held.shares);
  const { tokens, pool } = removeShares(ctx, delegator, to, shares);
  take(deed, pool, tokens);
  burned += tokens;
  return burned;
}

function slashRedelegations(ctx: WriteCtx, deed: Slash): Taken {
  let [burned, counted] = [0n, 0n];
  for (const [[source, delegator, to]] of [...redelegationsOf.under(ctx, addressKey, deed.operator)])
    for (const entry of redelegations.get(ctx, [delegator, to, source])?.entries ?? []) {
      if (!stoodFor(ctx, deed, entry)) continue;
      counted += part(entry.initial, deed.fraction);
      burned += slashMoved(ctx, deed, delegator, to, entry);
    }
  return { burned, counted };
}

/**
 * Destroys a share of the stake that stood behind a deed: of what has left or moved since, and the rest of
 * the validator's tokens, whoever has them now. Returns what was destroyed. One whose stake is free already
 * is not slashed any more.
 */
export function slash(ctx: WriteCtx, deed: Deed): bigint {
  const { operator, height } = deed;
  if ((validators.get(ctx, operator)?.status ?? Status.STATUS_UNBONDED) === Status.STATUS_UNBONDED) return 0n;
  const due = part(deed.power * POWER_UNITS, deed.fraction);
  const at: Slash = { ...deed, burns: new Map() };
  const left = slashUnbondings(ctx, at);
  const moved = slashRedelegations(ctx, at);
  // A redelegation from here back to here does not exist, so it is the same validator still.
  const validator = validatorOf(ctx, operator);
  const rest = larger(due - left.counted - moved.counted, 0n);
  const staked = smaller(rest, validator.tokens);
  if (staked > 0n) {
    const fractionAtto = mulDiv(staked, SHARE, validator.tokens, "up");
    ctx.fire(validatorSlashed, { operator, fractionAtto });
    save(ctx, { ...validator, tokens: validator.tokens - staked });
    take(at, poolOf(validator), staked);
  }
  for (const pool of [BONDED_POOL, NOT_BONDED_POOL]) {
    const amount = at.burns.get(pool) ?? 0n;
    if (amount > 0n) bank.burn(ctx, pool, bondDenom(ctx), amount);
  }
  slashed(ctx, { operator, staked, leaving: left.burned + moved.burned, height });
  return staked + left.burned + moved.burned;
}
