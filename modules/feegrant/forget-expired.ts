import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { nowNs } from "./api.ts";
import { ends, grants } from "./state.ts";

/** Allowances that one block forgets; those that wait for the next ones pay nothing any more. */
const PER_BLOCK_MAX = 100;

/** Forgets allowances whose end lies before the block's time, the oldest first. */
export function forgetExpired(ctx: WriteCtx): void {
  let left = PER_BLOCK_MAX;
  for (const [key] of ends.all(ctx)) {
    const [end, grantee, granter] = key;
    if (left === 0 || end >= nowNs(ctx)) return;
    ends.delete(ctx, key);
    grants.delete(ctx, [grantee, granter]);
    left -= 1;
  }
}
