import { type Member, MsgBindEthereum, Query } from "#proto/gen/iterum/community.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Binds the sender's entry to an Ethereum account. */
export const msgBindEthereum = messageOf(MsgBindEthereum);

export interface CommunityQueries {
  /** The entry of an account; refused when it has none. */
  member(gameId: string, address: string): Promise<Member | undefined>;
  members(gameId: string): Promise<readonly Member[]>;
}

export const communityQueries = (ask: Ask): CommunityQueries => ({
  member: async (gameId, address) => (await ask(Query.member, { gameId, address })).member,
  members: async (gameId) => (await ask(Query.members, { gameId })).members,
});
