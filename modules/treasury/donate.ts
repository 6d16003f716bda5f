import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgDonate, MsgDonateResponse } from "#proto/gen/iterum/treasury.ts";
import { give } from "./budget.ts";
import { errors } from "./errors.ts";
import { budgets } from "./state.ts";

/** Gives coins of the sender to a game's budget, for good. */
export const donate: Handler<MsgDonate, MsgDonateResponse> = {
  signer: (msg) => msg.sender,
  check: ({ amount }) => ensure(amount > 0n, errors.BadAmount),
  run: (ctx, { sender, gameId, amount }) => {
    ensure(budgets.has(ctx, gameId), errors.NoBudget, { gameId });
    give(ctx, gameId, sender, amount, "donation");
    return {};
  },
};
