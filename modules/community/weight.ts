import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import * as rounds from "#modules/rounds/api.ts";
import { memberJoined, memberLeft } from "./events.ts";
import { standingChanged } from "./hooks.ts";
import { kindOf, ruleOf, weigh } from "./rule.ts";
import { members, totals } from "./state.ts";

/** Since this height or before: whatever its age. */
export const ANY_AGE = (1n << 64n) - 1n;

/** What a member counts for, by what it has had since the height or before it; 0 for everybody else. O(1). */
export function weightSince(ctx: ReadCtx, gameId: string, address: string, sinceHeight: bigint): bigint {
  const member = members.get(ctx, [gameId, address]);
  if (!member) return 0n;
  const rule = ruleOf(ctx, gameId);
  return weigh(rule, kindOf(rule).stake(ctx, rule, member, sinceHeight));
}

/**
 * The height since which somebody must have been a member to be of age now: that at which the round opened
 * `age_rounds` before the last one. Who was there before the first round is of age from the start.
 */
export function ageHeight(ctx: ReadCtx, gameId: string): bigint {
  const last = rounds.lastRoundId(ctx, gameId);
  if (last === 0n) return ctx.height;
  const back = BigInt(ruleOf(ctx, gameId).ageRounds);
  const roundId = last > back ? last - back : 1n;
  return rounds.round(ctx, { gameId, roundId }).openHeight;
}

/** Changes an entry and what stands behind it, and keeps the community's total. */
export function changing(ctx: WriteCtx, gameId: string, address: string, change: () => void): void {
  const was = members.has(ctx, [gameId, address]);
  const before = weightSince(ctx, gameId, address, ANY_AGE);
  change();
  const after = weightSince(ctx, gameId, address, ANY_AGE);
  const { members: count, weight } = totals.get(ctx, gameId) ?? { members: 0n, weight: 0n };
  const joined = (after > 0n ? 1n : 0n) - (before > 0n ? 1n : 0n);
  totals.set(ctx, gameId, { gameId, members: count + joined, weight: weight + after - before });
  if (after > 0n && after !== before) memberJoined(ctx, { gameId, member: address, weight: after });
  if (after !== before) ctx.fire(standingChanged, { gameId, member: address, weight: after });
  if (was && !members.has(ctx, [gameId, address])) memberLeft(ctx, { gameId, member: address });
}
