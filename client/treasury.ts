import { type Budget, MsgDonate, Query } from "#proto/gen/iterum/treasury.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Gives coins to a game's budget. */
export const msgDonate = messageOf(MsgDonate);

export interface TreasuryQueries {
  /** What the community may still spend on the game. */
  budget(gameId: string): Promise<Budget | undefined>;
}

export const treasuryQueries = (ask: Ask): TreasuryQueries => ({
  budget: async (gameId) => (await ask(Query.budget, { gameId })).budget,
});
