import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import * as validators from "#modules/validators/api.ts";
import type { Earnings, GenesisState, Start } from "#proto/gen/iterum/distribution.ts";
import { errors } from "./errors.ts";
import { rewardsAreBacked, rewardsAreEarned } from "./invariants.ts";
import { markOf, purse, pursesOf, saveEarnings } from "./ledgers.ts";
import { DEFAULT_PARAMS, ensureParams } from "./params.ts";
import { earnings, params, payees, pool, slashes, starts } from "./state.ts";

/** Whether the parts are sorted by denom, each there once, with integers in their one form. */
const isSorted = (parts: readonly { readonly denom: string; readonly numbers: readonly Uint8Array[] }[]) =>
  parts.every(
    ({ denom, numbers }, i) =>
      (i === 0 || (parts[i - 1]?.denom ?? "") < denom) && numbers.every((bytes) => bytes[0] !== 0),
  );

function initEarnings(ctx: WriteCtx, one: Earnings): void {
  const { operator, ledgers } = one;
  const sorted = isSorted(ledgers.map(({ denom, perShare, rest }) => ({ denom, numbers: [perShare, rest] })));
  const isNew = validators.validator(ctx, operator) && !earnings.has(ctx, operator);
  ensure(isNew && sorted, errors.BadGenesis, { operator: operator.slice(0, 80) });
  saveEarnings(ctx, one);
}

function initStart(ctx: WriteCtx, one: Start): void {
  const { delegator, operator, marks } = one;
  const isNew = validators.delegation(ctx, delegator, operator) && !starts.has(ctx, [delegator, operator]);
  const sorted = isSorted(marks.map(({ denom, perShare }) => ({ denom, numbers: [perShare] })));
  const purses = pursesOf(ctx, operator);
  const past = marks.every(({ denom }) => {
    const mark = markOf(one, denom);
    return mark > 0n && mark <= purse(purses, denom).perShare;
  });
  ensure(isNew && sorted && past && marks.length > 0, errors.BadGenesis, { delegator, operator });
  starts.set(ctx, [delegator, operator], one);
}

/** Puts rewards, and what an exported chain says of them, into the state. */
export function initDistribution(ctx: WriteCtx, genesis: GenesisState): void {
  auth.ensureModuleAccount(ctx, "distribution");
  const chosen = genesis.params ?? DEFAULT_PARAMS;
  ensureParams(chosen);
  params.set(ctx, chosen);
  for (const coin of genesis.communityPool) {
    ensure(!pool.has(ctx, coin.denom) && coin.amount > 0n, errors.BadGenesis, { denom: coin.denom });
    pool.set(ctx, coin.denom, coin);
  }
  for (const one of genesis.earnings) initEarnings(ctx, one);
  for (const one of genesis.starts) initStart(ctx, one);
  for (const slash of genesis.slashes) {
    const { operator, height, number } = slash;
    const isKnown = number < (earnings.get(ctx, operator)?.slashes ?? 0n);
    const isNew = isKnown && !slashes.has(ctx, [operator, height, number]);
    ensure(isNew, errors.BadGenesis, { operator, height, number });
    slashes.set(ctx, [operator, height, number], slash);
  }
  for (const payee of genesis.payees) {
    const { delegator, address } = payee;
    const isSound = parseAddress(delegator) && parseAddress(address) && delegator !== address;
    ensure(isSound && !payees.has(ctx, delegator), errors.BadGenesis, { delegator: delegator.slice(0, 80) });
    payees.set(ctx, delegator, payee);
  }
  ensure(rewardsAreBacked.holds(ctx), errors.BadGenesis, { rewards: "are not backed" });
  ensure(rewardsAreEarned.holds(ctx), errors.BadGenesis, { rewards: "are not what was earned" });
}

/** The whole state of distribution as genesis. */
export const dumpDistribution = (ctx: ReadCtx): GenesisState => ({
  params: params.get(ctx),
  communityPool: [...pool.all(ctx)].map(([, coin]) => coin),
  earnings: [...earnings.all(ctx)].map(([, one]) => one),
  starts: [...starts.all(ctx)].map(([, one]) => one),
  slashes: [...slashes.all(ctx)].map(([, slash]) => slash),
  payees: [...payees.all(ctx)].map(([, payee]) => payee),
});
