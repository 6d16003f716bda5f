import type { Hook } from "#chain/kernel/ctx.ts";
import { hook } from "#chain/kernel/module.ts";

/** A game holds profits back by another rule from now on; who joins may refuse it. */
export const ruleChanged: Hook<{ readonly gameId: string }> = hook("vesting.ruleChanged");
