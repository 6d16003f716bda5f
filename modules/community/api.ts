import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import type { Member } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { members, totals } from "./state.ts";
import { ANY_AGE, ageHeight, weightSince } from "./weight.ts";

export { standingChanged, standingsEnded } from "./hooks.ts";
export { ageHeight, weightSince } from "./weight.ts";

export const findMember = (ctx: ReadCtx, gameId: string, address: string): Member | undefined =>
  members.get(ctx, [gameId, address]);

/**
 * The member as it counts in the game's last round, with its weight by what it has had for long enough. It
 * must have bound an Ethereum account; fails with (community, 2), (community, 3) or (community, 10).
 */
export function activeMember(ctx: ReadCtx, gameId: string, address: string): Member {
  const member = findMember(ctx, gameId, address);
  ensure(member, errors.NotMember, { gameId, address });
  ensure(member.ethereumAddress.length > 0, errors.NotBound, { gameId, address });
  const sinceHeight = ageHeight(ctx, gameId);
  const weight = weightSince(ctx, gameId, address, sinceHeight);
  ensure(weight > 0n, errors.NoStanding, { gameId, address, sinceHeight });
  return { ...member, weight };
}

/** What somebody counts for, whatever its age; 0 for everybody but members. */
export const weightOf = (ctx: ReadCtx, gameId: string, address: string): bigint =>
  weightSince(ctx, gameId, address, ANY_AGE);

/** What all members count for together, whatever their age. */
export const totalWeight = (ctx: ReadCtx, gameId: string): bigint => totals.get(ctx, gameId)?.weight ?? 0n;

/** A game's members in address order. */
export function* membersOf(ctx: ReadCtx, gameId: string): Iterable<Member> {
  for (const [, member] of members.under(ctx, textKey, gameId)) yield member;
}
