import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import type { Grant } from "#proto/gen/cosmos/feegrant.ts";
import { endNs, readAllowance, spent, writeAllowance } from "./allowance.ts";
import { errors } from "./errors.ts";
import { ends, grants } from "./state.ts";

export { allowanceTypes } from "./allowance.ts";

const NS_PER_MS = 1_000_000n;

/** Time of the block in nanoseconds since 1970. */
export const nowNs = ({ timeMs }: ReadCtx): bigint => timeMs * NS_PER_MS;

/** What the granter lets the grantee spend on fees. */
export const find = (ctx: ReadCtx, granter: string, grantee: string): Grant | undefined =>
  grants.get(ctx, [grantee, granter]);

function allowanceOf({ allowance }: Grant): ReturnType<typeof readAllowance> {
  assert(allowance, "a grant without an allowance");
  return readAllowance(allowance);
}

/** Keeps a new allowance, and notes when it ends. */
export function put(ctx: WriteCtx, grant: Grant): void {
  const { grantee, granter } = grant;
  grants.set(ctx, [grantee, granter], grant);
  const end = endNs(allowanceOf(grant));
  if (end !== undefined) ends.set(ctx, [end, grantee, granter], true);
}

/** Forgets an allowance. */
export function remove(ctx: WriteCtx, grant: Grant): void {
  const { grantee, granter } = grant;
  grants.delete(ctx, [grantee, granter]);
  const end = endNs(allowanceOf(grant));
  if (end !== undefined) ends.delete(ctx, [end, grantee, granter]);
}

/**
 * Takes a fee out of what the granter allows the grantee; the coins are moved by the caller. Fails with
 * (feegrant, 5) without an allowance, 2 beyond its limit, 3 after its end.
 */
export function spend(ctx: WriteCtx, granter: string, grantee: string, fee: readonly Coin[]): void {
  const grant = find(ctx, granter, grantee);
  ensure(grant, errors.NoAllowance, { granter, grantee });
  const left = spent(allowanceOf(grant), fee, nowNs(ctx));
  if (left) grants.set(ctx, [grantee, granter], { ...grant, allowance: writeAllowance(left) });
  else remove(ctx, grant);
  ctx.emit("use_feegrant", [
    ["granter", granter],
    ["grantee", grantee],
  ]);
}
