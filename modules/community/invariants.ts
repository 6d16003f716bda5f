import { invariant } from "#chain/kernel/module.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import { ruleOf } from "./rule.ts";
import { ethereums, members, rules, stakes, totals } from "./state.ts";
import { ANY_AGE, weightSince } from "./weight.ts";

/** Coins that members have locked are there, and no others. */
export const stakesAreBacked = invariant(
  "the communities' account holds exactly the members' stakes",
  "full",
  (ctx) => {
    const owed = new Map<string, bigint>();
    const add = (denom: string, amount: bigint): void =>
      void owed.set(denom, (owed.get(denom) ?? 0n) + amount);
    for (const [, { denom }] of rules.all(ctx)) if (denom !== "") add(denom, 0n);
    for (const [[gameId], { settled, fresh }] of stakes.all(ctx))
      add(ruleOf(ctx, gameId).denom, settled + fresh);
    const account = moduleAddress("community");
    return [...owed].every(([denom, amount]) => bank.balance(ctx, account, denom) === amount);
  },
);

/** The quorum of a vote is a share of this. */
export const totalsHold = invariant(
  "what members count for sums to their community's total",
  "full",
  (ctx) => {
    const sums = new Map<string, { members: bigint; weight: bigint }>();
    for (const [[gameId, address]] of members.all(ctx)) {
      const weight = weightSince(ctx, gameId, address, ANY_AGE);
      const sum = sums.get(gameId) ?? { members: 0n, weight: 0n };
      sums.set(gameId, { members: sum.members + (weight > 0n ? 1n : 0n), weight: sum.weight + weight });
    }
    for (const [gameId, total] of totals.all(ctx)) {
      const sum = sums.get(gameId) ?? { members: 0n, weight: 0n };
      if (sum.members !== total.members || sum.weight !== total.weight) return false;
      sums.delete(gameId);
    }
    return sums.size === 0;
  },
);

/** Nobody has two places. */
export const bindingsAreUnique = invariant(
  "an Ethereum account stands behind one member of a game",
  "full",
  (ctx) => {
    let bound = 0;
    for (const [[gameId, address], { ethereumAddress }] of members.all(ctx)) {
      if (ethereumAddress.length === 0) continue;
      if (ethereums.get(ctx, [gameId, ethereumAddress]) !== address) return false;
      bound += 1;
    }
    for (const _ of ethereums.all(ctx)) bound -= 1;
    return bound === 0;
  },
);
