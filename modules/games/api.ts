import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { changes } from "./state.ts";

/** The rounds from which the game is played by other rules, the latest first. */
export function* changesOf(ctx: ReadCtx, gameId: string): Iterable<bigint> {
  for (const [from] of changes.of(ctx, gameId)) yield from;
}
