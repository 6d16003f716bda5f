import type { WriteCtx } from "#chain/kernel/ctx.ts";
import type { Leaving } from "#proto/gen/iterum/validators.ts";
import { leavings, nextLeaving } from "./state.ts";

/** Puts into the queue what ends at a time; gives its number. */
export function schedule(ctx: WriteCtx, leaving: Omit<Leaving, "number">): bigint {
  const number = nextLeaving.find(ctx) ?? 1n;
  nextLeaving.set(ctx, number + 1n);
  leavings.set(ctx, [leaving.endsMs, number], { ...leaving, number });
  return number;
}
