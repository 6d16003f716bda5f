import { equalBytes } from "#chain/bytes/compare.ts";
import type { Rule, Stake } from "#proto/gen/iterum/community.ts";
import type { MembershipKind } from "./kind.ts";
import { claims, stakes } from "./state.ts";

const ROOT_BYTES = 32;

/** Members whom governance lists, each with a weight. */
export const listed: MembershipKind = {
  id: "listed/1",
  isComplete: () => true,
  stake: (_ctx, _rule, { joinedHeight, weight }, since) => (joinedHeight <= since ? weight : 0n),
};

/** What of a stake has been locked since the height or before it. */
export const stakeSince = ({ settled, fresh, freshHeight }: Stake, since: bigint): bigint =>
  freshHeight <= since ? settled + fresh : settled;

/**
 * Members who lock at least a threshold of a denom. Locked coins stand behind one member alone: who gets them
 * after they were taken back begins with a fresh stake.
 */
export const holders: MembershipKind = {
  id: "holders/1",
  isComplete: ({ denom, threshold }) => denom !== "" && threshold > 0n,
  stake: (ctx, { threshold }, { gameId, address }, since) => {
    const stake = stakes.get(ctx, [gameId, address]);
    const counted = stake ? stakeSince(stake, since) : 0n;
    return counted >= threshold ? counted : 0n;
  },
};

/** Whether a rule has a snapshot under which places can be claimed. */
const hasSnapshot = ({ snapshot }: Rule): boolean =>
  snapshot !== undefined && snapshot.root.length === ROOT_BYTES && snapshot.leaves > 0;

/** Members who have claimed a place in the present snapshot of holders on another chain. */
export const snapshots: MembershipKind = {
  id: "snapshot/1",
  isComplete: hasSnapshot,
  stake: (ctx, { snapshot }, { gameId, address, joinedHeight, weight }, since) => {
    const claim = claims.get(ctx, [gameId, address]);
    const stands = claim && snapshot && equalBytes(claim.root, snapshot.root);
    return stands && joinedHeight <= since ? weight : 0n;
  },
};

/** The kinds of membership by their id, which is consensus. */
export const kinds: ReadonlyMap<string, MembershipKind> = new Map(
  [listed, holders, snapshots].map((kind) => [kind.id, kind]),
);
