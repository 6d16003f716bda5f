import { toHex } from "#chain/bytes/hex.ts";
import { merkleProof, merkleRoot } from "#chain/merkle/rfc6962.ts";
import { snapshotLeaf } from "#chain/protocol/snapshot.ts";
import {
  type Member,
  MsgBindEthereum,
  MsgClaimMembership,
  MsgStake,
  MsgUnstake,
  Query,
  type QueryRuleResponse,
  type QueryStandingResponse,
  type Snapshot,
} from "#proto/gen/iterum/community.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Binds the sender's entry to an Ethereum account. */
export const msgBindEthereum = messageOf(MsgBindEthereum);
/** Locks coins for a place in a community of holders. */
export const msgStake = messageOf(MsgStake);
/** Takes locked coins back. */
export const msgUnstake = messageOf(MsgUnstake);
/** Claims the place that a snapshot gives to an Ethereum account. */
export const msgClaimMembership = messageOf(MsgClaimMembership);

/** An account of another chain with what it counts for there: tokens it holds, or its number of NFTs. */
export interface Holding {
  /** 20 bytes. */
  readonly ethereumAddress: Uint8Array;
  readonly weight: bigint;
}

const byAddress = (a: Holding, b: Holding): number =>
  toHex(a.ethereumAddress) < toHex(b.ethereumAddress) ? -1 : 1;

const leavesOf = (holdings: readonly Holding[]): Uint8Array[] =>
  holdings.map(({ ethereumAddress, weight }) => snapshotLeaf(ethereumAddress, weight));

/** The snapshot of the holdings, in address order: everybody gets the same one from the same list. */
export const snapshotOf = (holdings: readonly Holding[]): Snapshot => ({
  root: merkleRoot(leavesOf([...holdings].sort(byAddress))),
  leaves: holdings.length,
});

/**
 * What `MsgClaimMembership` says of a place in the snapshot; throws ClientError badInput where there is none.
 */
export function placeIn(
  holdings: readonly Holding[],
  ethereumAddress: Uint8Array,
): Pick<MsgClaimMembership, "ethereumAddress" | "weight" | "leafIndex" | "aunts"> {
  const sorted = [...holdings].sort(byAddress);
  const wanted = toHex(ethereumAddress);
  const leafIndex = sorted.findIndex((each) => toHex(each.ethereumAddress) === wanted);
  const found = sorted[leafIndex];
  if (!found) throw new ClientError("badInput", `0x${wanted} is not in the snapshot`);
  return { ...found, leafIndex, aunts: merkleProof(leavesOf(sorted), leafIndex) };
}

export interface CommunityQueries {
  /** The entry of an account; refused when it has none. */
  member(gameId: string, address: string): Promise<Member | undefined>;
  members(gameId: string): Promise<readonly Member[]>;
  /** How one belongs to the game's community, and what its members count for together. */
  rule(gameId: string): Promise<QueryRuleResponse>;
  /** What an account counts for now, and once all it has is of age. */
  standing(gameId: string, address: string): Promise<QueryStandingResponse>;
}

export const communityQueries = (ask: Ask): CommunityQueries => ({
  member: async (gameId, address) => (await ask(Query.member, { gameId, address })).member,
  members: async (gameId) => (await ask(Query.members, { gameId })).members,
  rule: (gameId) => ask(Query.rule, { gameId }),
  standing: (gameId, address) => ask(Query.standing, { gameId, address }),
});
