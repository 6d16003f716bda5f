import type { Hook } from "#chain/kernel/ctx.ts";
import { hook } from "#chain/kernel/module.ts";

/** A game counts by another function from a round on that has not opened; who joins may refuse it. */
export const functionChanged: Hook<{ readonly gameId: string; readonly fromRound: bigint }> =
  hook("rewards.functionChanged");
