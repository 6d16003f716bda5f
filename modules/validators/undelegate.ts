import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgUndelegate, MsgUndelegateResponse } from "#proto/gen/cosmos/staking.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { isJoined, withEntry } from "./leaving.ts";
import { bondDenom, ensureStaked, unbondingMs } from "./params.ts";
import { move, NOT_BONDED_POOL } from "./pools.ts";
import { makeRoom } from "./room.ts";
import { removeShares, sharesWorth, stakeOf } from "./stake.ts";
import { saveUnbonding, unbondingOf } from "./under-way.ts";
import { timestampOf } from "./wire.ts";

/** Takes stake out of a validator; the coins come after the unbonding time and can be slashed until then. */
export const undelegate: Handler<MsgUndelegate, MsgUndelegateResponse> = {
  signer: ({ delegatorAddress }) => delegatorAddress,
  check: ({ delegatorAddress, validatorAddress, amount }) => {
    ensureAddress(delegatorAddress);
    operatorOf(validatorAddress);
    ensure(amount && amount.amount > 0n, errors.BadAmount);
  },
  run: (ctx, { delegatorAddress: delegator, validatorAddress, amount: coin }) => {
    ensureStaked(ctx);
    const operator = operatorOf(validatorAddress);
    const amount = stakeOf(ctx, coin);
    const endsMs = ctx.timeMs + unbondingMs(ctx);
    const { tokens: worth } = sharesWorth(ctx, delegator, operator, amount);
    const before = unbondingOf(ctx, delegator, operator).entries;
    if (!before.some((entry) => isJoined(entry, ctx.height, endsMs))) makeRoom(ctx, operator, worth);
    // What made room may have changed what shares are worth, and be the sender's own.
    const { shares } = sharesWorth(ctx, delegator, operator, amount);
    const { tokens, pool } = removeShares(ctx, delegator, operator, shares);
    move(ctx, pool, NOT_BONDED_POOL, tokens);
    const unbonding = unbondingOf(ctx, delegator, operator);
    const more = { height: ctx.height, endsMs, initial: tokens, balance: tokens, shares: 0n };
    const entries = withEntry(ctx, unbonding.entries, { delegator, operator, source: "" }, more);
    saveUnbonding(ctx, { ...unbonding, entries });
    ctx.emit("unbond", [
      ["validator", validatorAddress],
      ["delegator", delegator],
      ["amount", `${tokens}${bondDenom(ctx)}`],
      ["completion_time_ms", `${endsMs}`],
    ]);
    return {
      completionTime: timestampOf(endsMs),
      amount: { denom: bondDenom(ctx), amount: tokens },
    };
  },
};
