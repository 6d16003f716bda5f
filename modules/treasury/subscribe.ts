import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgSubscribe, MsgSubscribeResponse } from "#proto/gen/iterum/treasury.ts";
import { give } from "./budget.ts";
import { errors } from "./errors.ts";
import { subscribed } from "./events.ts";
import { ensureBudget, planOf } from "./plan.ts";
import { due, subscriptions } from "./state.ts";

/**
 * Pays the first period, and agrees to pay those that follow while they cost no more than it says. Who has
 * ended a subscription takes it up again, and pays nothing while it still runs.
 */
export const subscribe: Handler<MsgSubscribe, MsgSubscribeResponse> = {
  signer: ({ subscriber }) => subscriber,
  run: (ctx, { subscriber, gameId, priceMax }) => {
    ensureBudget(ctx, gameId);
    const { price, periodBlocks } = planOf(ctx, gameId);
    ensure(price > 0n, errors.NoPlan, { gameId });
    ensure(price <= priceMax, errors.TooDear, { gameId, price });
    const key = [gameId, subscriber] as const;
    const found = subscriptions.get(ctx, key);
    ensure(!found?.renews, errors.Subscribed, { gameId, subscriber });
    if (found) {
      // It has paid for the period that runs.
      subscriptions.set(ctx, key, { ...found, priceMax, renews: true });
      return { paidHeight: found.paidHeight };
    }
    give(ctx, gameId, subscriber, price, "subscription");
    const paidHeight = ctx.height + BigInt(periodBlocks);
    const terms = { gameId, subscriber, priceMax, sinceHeight: ctx.height };
    subscriptions.set(ctx, key, { ...terms, paidHeight, renews: true });
    due.set(ctx, [paidHeight, gameId, subscriber], true);
    subscribed(ctx, { gameId, subscriber, paidHeight });
    return { paidHeight };
  },
};
