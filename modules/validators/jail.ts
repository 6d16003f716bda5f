import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { save, validatorOf } from "./records.ts";

/** Takes a validator out of the election until it is let back in. */
export function jail(ctx: WriteCtx, operator: string): void {
  save(ctx, { ...validatorOf(ctx, operator), jailed: true });
  ctx.emit("jail", [["validator", operator]]);
}

/** Lets a jailed validator stand for election again. */
export const unjail = (ctx: WriteCtx, operator: string): void =>
  save(ctx, { ...validatorOf(ctx, operator), jailed: false });
