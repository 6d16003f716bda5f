import { type Program, Query, type RewardRule } from "#proto/gen/iterum/rewards.ts";
import { codes } from "./codes.ts";
import type { Ask } from "./ports.ts";
import { unless } from "./unless.ts";

export interface RewardsQueries {
  /** How the game counts labels and scores models in a round, by default the one that opened last. */
  rule(gameId: string, roundId?: bigint): Promise<RewardRule | undefined>;
  /** All rules of a game without their programs, the latest first, also those that wait for their round. */
  rules(gameId: string): Promise<readonly RewardRule[]>;
  /** A community's own function by its hash; undefined when there is none. */
  program(programHash: Uint8Array): Promise<Program | undefined>;
}

export const rewardsQueries = (ask: Ask): RewardsQueries => ({
  rule: async (gameId, roundId = 0n) => (await ask(Query.rewardRule, { gameId, roundId })).rule,
  rules: async (gameId) => (await ask(Query.rewardRules, { gameId })).rules,
  program: async (programHash) =>
    (await unless(codes.rewards.NoProgram, ask(Query.program, { programHash })))?.program,
});
