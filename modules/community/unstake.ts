import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { larger } from "#chain/math/bounds.ts";
import * as bank from "#modules/bank/api.ts";
import type { MsgUnstake, MsgUnstakeResponse } from "#proto/gen/iterum/community.ts";
import { removeEntry } from "./entry.ts";
import { errors } from "./errors.ts";
import { holders } from "./kinds.ts";
import { ruleOfKind } from "./rule.ts";
import { STAKES, setStake, stakeOf } from "./stake.ts";
import { members } from "./state.ts";
import { changing } from "./weight.ts";

/**
 * Gives locked coins back, the youngest first. At once: whoever locks them next begins anew, so they never
 * stand behind two members of a round or a vote.
 */
export const unstake: Handler<MsgUnstake, MsgUnstakeResponse> = {
  signer: ({ member }) => member,
  check: ({ amount }) => ensure(amount > 0n, errors.BadStake, { amount }),
  run: (ctx, { member: address, gameId, amount }) => {
    const { denom, threshold } = ruleOfKind(ctx, gameId, holders);
    const member = members.get(ctx, [gameId, address]);
    ensure(member, errors.NotMember, { gameId, address });
    const before = stakeOf(ctx, gameId, address);
    const left = before.settled + before.fresh - amount;
    ensure(left === 0n || left >= threshold, errors.BadStake, { left, threshold });
    bank.send(ctx, STAKES, address, denom, amount);
    changing(ctx, gameId, address, () => {
      const fresh = larger(before.fresh - amount, 0n);
      setStake(ctx, { ...before, settled: left - fresh, fresh });
      if (left === 0n) removeEntry(ctx, member);
    });
    return {};
  },
};
