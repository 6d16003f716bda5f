import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as treasury from "#modules/treasury/api.ts";
import type { MsgClawback, MsgClawbackResponse } from "#proto/gen/iterum/vesting.ts";
import { VESTING } from "./api.ts";
import { errors } from "./errors.ts";
import { clawedBack } from "./events.ts";
import { ensureAddresses, evidence } from "./evidence.ts";
import { operatorKey, vests } from "./state.ts";
import { dropVest } from "./vest.ts";

/** Takes what an operator has not been paid yet into the game's budget, as its community decided. */
export const clawback: Handler<MsgClawback, MsgClawbackResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ gameId }) => gameId,
  check: ({ operator, member }) => ensureAddresses(operator, member),
  run: (ctx, { gameId, operator, member }) => {
    evidence(ctx, gameId, operator, member);
    let amount = 0n;
    for (const [, vest] of vests.under(ctx, operatorKey, [gameId, operator])) {
      amount += vest.left;
      dropVest(ctx, vest);
    }
    ensure(amount > 0n, errors.NothingLeft, { gameId, operator });
    treasury.give(ctx, gameId, VESTING, amount, "clawback");
    clawedBack(ctx, { gameId, operator, member, amount });
    return { amount };
  },
};
