import { merkleProof, merkleRoot } from "#chain/merkle/rfc6962.ts";
import { snapshotLeaf } from "#chain/protocol/snapshot.ts";
import { MsgClaimMembership, type Snapshot } from "#proto/gen/iterum/community.ts";
import { binding, type Person } from "../accounts.ts";
import { type Said, say } from "../chain.ts";
import { CHAIN_ID, GAME_ID } from "../genesis.ts";

/** Holders on another chain with their weights, as a list that everybody can make a tree of. */
export type Holdings = readonly (readonly [Person, bigint])[];

/** The leaves of its tree. */
export const leavesOf = (holdings: Holdings) =>
  holdings.map(([who, weight]) => snapshotLeaf(who.ethereumAddress, weight));

/** What a game knows of such a list. */
export const snapshotOf = (holdings: Holdings): Snapshot => ({
  root: merkleRoot(leavesOf(holdings)),
  leaves: holdings.length,
});

/** Claims the place that a list gives to somebody, with what is to be different. */
export function claim(who: Person, holdings: Holdings, change: Partial<MsgClaimMembership> = {}): Said {
  const leafIndex = holdings.findIndex(([each]) => each === who);
  const [, weight] = holdings[leafIndex] as Holdings[number];
  return say(MsgClaimMembership, {
    ...{ member: who.address, gameId: GAME_ID, ethereumAddress: who.ethereumAddress, weight, leafIndex },
    aunts: merkleProof(leavesOf(holdings), leafIndex),
    signature: binding(who, CHAIN_ID, GAME_ID),
    ...change,
  });
}
