import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgUnsubscribe, MsgUnsubscribeResponse } from "#proto/gen/iterum/treasury.ts";
import { errors } from "./errors.ts";
import { subscriptions } from "./state.ts";

/** Pays for no period any more; the one that is paid for runs out. */
export const unsubscribe: Handler<MsgUnsubscribe, MsgUnsubscribeResponse> = {
  signer: ({ subscriber }) => subscriber,
  run: (ctx, { subscriber, gameId }) => {
    const found = subscriptions.get(ctx, [gameId, subscriber]);
    ensure(found?.renews, errors.NotSubscribed, { gameId, subscriber });
    subscriptions.set(ctx, [gameId, subscriber], { ...found, renews: false });
    return {};
  },
};
