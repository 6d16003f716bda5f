import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import type { Member } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { members } from "./state.ts";

export const findMember = (ctx: ReadCtx, gameId: string, address: string): Member | undefined =>
  members.get(ctx, [gameId, address]);

/** The member, who must have bound an Ethereum account; fails with (community, 2) or (community, 3). */
export function activeMember(ctx: ReadCtx, gameId: string, address: string): Member {
  const member = findMember(ctx, gameId, address);
  ensure(member, errors.NotMember, { gameId, address });
  ensure(member.ethereumAddress.length > 0, errors.NotBound, { gameId, address });
  return member;
}

/** A game's members in address order. */
export function* membersOf(ctx: ReadCtx, gameId: string): Iterable<Member> {
  for (const [, member] of members.under(ctx, textKey, gameId)) yield member;
}
