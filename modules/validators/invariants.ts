import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { invariant } from "#chain/kernel/module.ts";
import { BONDED_POOL, inPool, isBonded, NOT_BONDED_POOL } from "./pools.ts";
import { candidature, powerOf } from "./records.ts";
import { byPower, changed, delegations, delegators, seats, unbondings, validators } from "./state.ts";

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

export const poolsAreExact = invariant(
  "the accounts of stake hold exactly what is staked, in the set and outside, and what is on its way out",
  "full",
  (ctx) => {
    const all = [...validators.all(ctx)].map(([, validator]) => validator);
    const bonded = sumOf(all.filter(isBonded).map(({ tokens }) => tokens));
    const others = sumOf(all.map(({ tokens }) => tokens)) - bonded;
    const entries = [...unbondings.all(ctx)].flatMap(([, unbonding]) => unbonding.entries);
    const leaving = sumOf(entries.map(({ balance }) => balance));
    return inPool(ctx, BONDED_POOL) === bonded && inPool(ctx, NOT_BONDED_POOL) === others + leaving;
  },
);

/** For production: as many reads as the set has seats. */
export const setIsBacked = invariant(
  "the account of the set's stake holds exactly what is staked with it",
  "cheap",
  (ctx) => {
    let staked = 0n;
    for (const [operator] of seats.all(ctx)) staked += validators.get(ctx, operator)?.tokens ?? 0n;
    return inPool(ctx, BONDED_POOL) === staked;
  },
);

export const sharesSum = invariant("each validator's shares are those of its delegators", "full", (ctx) => {
  const sums = new Map<string, bigint>();
  for (const [[delegator, operator], { shares }] of delegations.all(ctx)) {
    if (shares === 0n || !delegators.has(ctx, [operator, delegator])) return false;
    sums.set(operator, (sums.get(operator) ?? 0n) + shares);
  }
  const all = [...validators.all(ctx)];
  return (
    all.every(([operator, { shares }]) => (sums.get(operator) ?? 0n) === shares) &&
    [...sums.keys()].every((operator) => validators.has(ctx, operator))
  );
});

/** Whether each candidate stands under its power, and nobody else does. */
function candidatesStand(ctx: ReadCtx): boolean {
  const standing = [...byPower.all(ctx)].map(([key]) => key);
  const due = [...validators.all(ctx)].filter(([, validator]) => candidature(ctx, validator) > 0n);
  return (
    standing.length === due.length &&
    due.every(([operator, validator]) => byPower.has(ctx, [candidature(ctx, validator), operator]))
  );
}

export const setIsTold = invariant(
  "consensus was told of exactly the validators in the set, with their keys and powers",
  "full",
  (ctx) => {
    const inSet = [...validators.all(ctx)].filter(([, validator]) => isBonded(validator));
    const told = [...seats.all(ctx)];
    if (told.length !== inSet.length || !candidatesStand(ctx)) return false;
    // What has changed since the last election is told once anybody can be elected.
    if (changed.find(ctx)) return true;
    return inSet.every(([operator, validator]) => {
      const seat = seats.get(ctx, operator);
      return seat?.power === powerOf(validator) && equalBytes(seat.publicKey, validator.publicKey);
    });
  },
);
