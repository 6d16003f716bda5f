import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { Member, Rule } from "#proto/gen/iterum/community.ts";

/** One way to belong to a community. */
export interface MembershipKind {
  readonly id: string;
  /** Whether the rule says what the kind needs. */
  isComplete(rule: Rule): boolean;
  /**
   * The stake behind an entry in units of weight, counting only what has been there since the height or
   * before it; 0 for no standing. O(1).
   */
  stake(ctx: ReadCtx, rule: Rule, member: Member, sinceHeight: bigint): bigint;
}
