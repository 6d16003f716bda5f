import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import { type MsgStake, type MsgStakeResponse, Stake } from "#proto/gen/iterum/community.ts";
import { unboundEntry } from "./entry.ts";
import { errors } from "./errors.ts";
import { stakeChanged } from "./events.ts";
import { holders, stakeSince } from "./kinds.ts";
import { ruleOfKind } from "./rule.ts";
import { members, stakes } from "./state.ts";
import { ageHeight, changing } from "./weight.ts";

/** Holds what members of holders/1 communities have locked. */
export const STAKES = moduleAddress("community");

/** A member's stake; of nothing where there is none. */
export const stakeOf = (ctx: ReadCtx, gameId: string, member: string): Stake =>
  stakes.get(ctx, [gameId, member]) ?? { ...Stake.zero(), gameId, member };

/** Stores a stake, of which nothing is left or the threshold, and says so. */
export function setStake(ctx: WriteCtx, stake: Stake): void {
  const { gameId, member, settled, fresh } = stake;
  if (settled + fresh > 0n) stakes.set(ctx, [gameId, member], stake);
  else stakes.delete(ctx, [gameId, member]);
  stakeChanged(ctx, { gameId, member, stake: settled + fresh });
}

/** Locks coins of the sender, which make it a member. What is added counts once it is of age. */
export const stake: Handler<MsgStake, MsgStakeResponse> = {
  signer: ({ member }) => member,
  check: ({ amount }) => ensure(amount > 0n, errors.BadStake, { amount }),
  run: (ctx, { member, gameId, amount }) => {
    const { denom, threshold } = ruleOfKind(ctx, gameId, holders);
    const before = stakeOf(ctx, gameId, member);
    // What is of age now stays so; the rest is no older than what comes to it.
    const settled = stakeSince(before, ageHeight(ctx, gameId));
    const fresh = before.settled + before.fresh - settled + amount;
    ensure(settled + fresh >= threshold, errors.BadStake, { amount, threshold });
    bank.send(ctx, member, STAKES, denom, amount);
    changing(ctx, gameId, member, () => {
      if (!members.has(ctx, [gameId, member]))
        members.set(ctx, [gameId, member], unboundEntry(ctx, gameId, member, 1n));
      setStake(ctx, { gameId, member, settled, fresh, freshHeight: ctx.height });
    });
    return {};
  },
};
