import {
  type Budget,
  MsgDonate,
  MsgPayFee,
  MsgSubscribe,
  MsgUnsubscribe,
  type Plan,
  Query,
  type QueryRunwayResponse,
  type Subscription,
} from "#proto/gen/iterum/treasury.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Gives coins to a game's budget. */
export const msgDonate = messageOf(MsgDonate);
/** Pays a game's budget every period from now on. */
export const msgSubscribe = messageOf(MsgSubscribe);
/** Pays no further period. */
export const msgUnsubscribe = messageOf(MsgUnsubscribe);
/** Pays somebody for a service of a game, and the game its share. */
export const msgPayFee = messageOf(MsgPayFee);

export interface TreasuryQueries {
  /** What the community may still spend on the game. */
  budget(gameId: string): Promise<Budget | undefined>;
  /** How many rounds that pays for. */
  runway(gameId: string): Promise<QueryRunwayResponse>;
  /** What users pay. */
  plan(gameId: string): Promise<Plan | undefined>;
  subscription(gameId: string, subscriber: string): Promise<Subscription | undefined>;
}

export const treasuryQueries = (ask: Ask): TreasuryQueries => ({
  budget: async (gameId) => (await ask(Query.budget, { gameId })).budget,
  runway: (gameId) => ask(Query.runway, { gameId }),
  plan: async (gameId) => (await ask(Query.plan, { gameId })).plan,
  subscription: async (gameId, subscriber) =>
    (await ask(Query.subscription, { gameId, subscriber })).subscription,
});
