import {
  MsgSuspect,
  Query,
  type QueryVestsResponse,
  type Rule,
  type Suspicion,
} from "#proto/gen/iterum/vesting.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Holds an operator's profits where its profits on one member's items speak against it. */
export const msgSuspect = messageOf(MsgSuspect);

export interface VestingQueries {
  /** Undefined for a game that pays profits at once. */
  rule(gameId: string): Promise<Rule | undefined>;
  /** What of an operator's profits is not paid yet. */
  vests(gameId: string, operator: string): Promise<QueryVestsResponse>;
  /** On whose items an operator earned, and how far each stands out; refused for a game without a rule. */
  profits(gameId: string, operator: string): Promise<readonly Suspicion[]>;
}

export const vestingQueries = (ask: Ask): VestingQueries => ({
  rule: async (gameId) => (await ask(Query.rule, { gameId })).rule,
  vests: (gameId, operator) => ask(Query.vests, { gameId, operator }),
  profits: async (gameId, operator) => (await ask(Query.profits, { gameId, operator })).profits,
});
