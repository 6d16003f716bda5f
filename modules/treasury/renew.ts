import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import * as bank from "#modules/bank/api.ts";
import type { Subscription } from "#proto/gen/iterum/treasury.ts";
import { budgetOf, give } from "./budget.ts";
import { subscribed, subscriptionEnded } from "./events.ts";
import { planOf } from "./plan.ts";
import { due, subscriptions } from "./state.ts";

/** Subscriptions that one block renews or ends; the others are paid for until their turn comes. */
const PER_BLOCK_MAX = 50;

/** Why a subscription does not go on; empty where it does. */
function endOf(ctx: WriteCtx, { gameId, subscriber, priceMax, renews }: Subscription): string {
  const { price } = planOf(ctx, gameId);
  if (!renews) return "ended by its subscriber";
  if (price === 0n) return "the game takes no subscriptions any more";
  if (price > priceMax) return `a period costs ${price}`;
  const held = bank.balance(ctx, subscriber, budgetOf(ctx, gameId).denom);
  return held < price ? "unpaid" : "";
}

function renew(ctx: WriteCtx, found: Subscription): void {
  const { gameId, subscriber, paidHeight: before } = found;
  const key = [gameId, subscriber] as const;
  const reason = endOf(ctx, found);
  if (reason !== "") {
    subscriptions.delete(ctx, key);
    subscriptionEnded(ctx, { gameId, subscriber, reason });
    return;
  }
  const { price, periodBlocks } = planOf(ctx, gameId);
  give(ctx, gameId, subscriber, price, "subscription");
  const paidHeight = before + BigInt(periodBlocks);
  subscriptions.set(ctx, key, { ...found, paidHeight });
  due.set(ctx, [paidHeight, gameId, subscriber], true);
  subscribed(ctx, { gameId, subscriber, paidHeight });
}

/** Takes the next period's price of those whose period ends with this block, the oldest first. */
export function renewDue(ctx: WriteCtx): void {
  let left = PER_BLOCK_MAX;
  for (const [key] of due.all(ctx)) {
    const [height, gameId, subscriber] = key;
    if (left === 0 || height > ctx.height) return;
    due.delete(ctx, key);
    const found = subscriptions.get(ctx, [gameId, subscriber]);
    assert(found, "a period of no subscription ends");
    renew(ctx, found);
    left -= 1;
  }
}
