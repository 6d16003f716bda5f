import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { larger } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { rules } from "./state.ts";

/** Item-moves that one block may settle, over all games (design: game.md §4). */
export const CRANK_MOVES_PER_BLOCK = 8_000n;

/**
 * Item-moves of a block that a game may count on. Every game has the same part, so that none waits for
 * another and each is settled by a height that its own size gives.
 */
export function movesPerBlock(ctx: ReadCtx): number {
  let games = 0n;
  for (const _ of rules.names(ctx)) games += 1n;
  return Number(larger(mulDiv(CRANK_MOVES_PER_BLOCK, 1n, larger(games, 1n), "down"), 1n));
}
