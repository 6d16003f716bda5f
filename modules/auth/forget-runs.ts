import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { UNORDERED_PER_BLOCK_MAX } from "#chain/limits.ts";
import { unorderedRuns } from "./state.ts";

const NS_PER_MS = 1_000_000n;

/**
 * Forgets unordered transactions whose deadline lies before the block's time, the oldest first: none of them
 * is in time any more. A block forgets as many as one can bring.
 */
export function forgetRuns(ctx: WriteCtx): void {
  let left = UNORDERED_PER_BLOCK_MAX;
  for (const [key] of unorderedRuns.all(ctx)) {
    if (left === 0 || key[0] >= ctx.timeMs * NS_PER_MS) return;
    unorderedRuns.delete(ctx, key);
    left -= 1;
  }
}
