import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgBeginRedelegate, MsgBeginRedelegateResponse } from "#proto/gen/cosmos/staking.ts";
import { Status, type Validator } from "#proto/gen/iterum/validators.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { withEntry } from "./leaving.ts";
import { bondDenom, ensureStaked, unbondingMs } from "./params.ts";
import { move, poolOf } from "./pools.ts";
import { validatorOf } from "./records.ts";
import { ensureMayMove } from "./room.ts";
import { addShares, removeShares, sharesWorth, stakeOf } from "./stake.ts";
import { isMoving, redelegationOf, saveRedelegation } from "./under-way.ts";
import { timestampOf } from "./wire.ts";

/** Since which height and until when stake that leaves a validator stands for it; undefined for no longer. */
function standing(ctx: ReadCtx, { status, unbondingHeight, unbondingMs: endsMs }: Validator) {
  if (status === Status.STATUS_BONDED) return { height: ctx.height, endsMs: ctx.timeMs + unbondingMs(ctx) };
  return status === Status.STATUS_UNBONDING ? { height: unbondingHeight, endsMs } : undefined;
}

/** Moves stake; returns until when it stands for its source, which is now where it does not. */
function redelegate(
  ctx: WriteCtx,
  { delegator, source, destination }: Readonly<Record<"delegator" | "source" | "destination", string>>,
  amount: bigint,
): { readonly tokens: bigint; readonly endsMs: bigint } {
  validatorOf(ctx, destination);
  const { shares: leaving } = sharesWorth(ctx, delegator, source, amount);
  ensure(!isMoving(ctx, delegator, source), errors.Moving, { source });
  const stands = standing(ctx, validatorOf(ctx, source));
  const { tokens, pool } = removeShares(ctx, delegator, source, leaving);
  move(ctx, pool, poolOf(validatorOf(ctx, destination)), tokens);
  const shares = addShares(ctx, delegator, destination, tokens);
  if (!stands) return { tokens, endsMs: ctx.timeMs };
  const found = redelegationOf(ctx, { delegator, source, destination });
  const parties = { delegator, operator: destination, source };
  const more = { ...stands, initial: tokens, balance: 0n, shares };
  const entries = withEntry(ctx, found.entries, parties, more);
  if (entries.length > found.entries.length) ensureMayMove(ctx, source);
  saveRedelegation(ctx, { ...found, entries });
  return { tokens, endsMs: stands.endsMs };
}

/** Moves stake to another validator at once; for an unbonding time it can be slashed for the first. */
export const beginRedelegate: Handler<MsgBeginRedelegate, MsgBeginRedelegateResponse> = {
  signer: ({ delegatorAddress }) => delegatorAddress,
  check: ({ delegatorAddress, validatorSrcAddress, validatorDstAddress, amount }) => {
    ensureAddress(delegatorAddress);
    const [source, destination] = [operatorOf(validatorSrcAddress), operatorOf(validatorDstAddress)];
    ensure(source !== destination, errors.SameValidator);
    ensure(amount && amount.amount > 0n, errors.BadAmount);
  },
  run: (ctx, { delegatorAddress: delegator, validatorSrcAddress, validatorDstAddress, amount }) => {
    ensureStaked(ctx);
    const parties = {
      delegator,
      source: operatorOf(validatorSrcAddress),
      destination: operatorOf(validatorDstAddress),
    };
    const { tokens, endsMs } = redelegate(ctx, parties, stakeOf(ctx, amount));
    ctx.emit("redelegate", [
      ["source_validator", validatorSrcAddress],
      ["destination_validator", validatorDstAddress],
      ["delegator", delegator],
      ["amount", `${tokens}${bondDenom(ctx)}`],
      ["completion_time_ms", `${endsMs}`],
    ]);
    return { completionTime: timestampOf(endsMs) };
  },
};
