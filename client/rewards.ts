import { Query, type RewardRule } from "#proto/gen/iterum/rewards.ts";
import type { Ask } from "./ports.ts";

export interface RewardsQueries {
  /** How the game counts labels and scores models. */
  rule(gameId: string): Promise<RewardRule | undefined>;
}

export const rewardsQueries = (ask: Ask): RewardsQueries => ({
  rule: async (gameId) => (await ask(Query.rewardRule, { gameId })).rule,
});
