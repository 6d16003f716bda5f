import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as bank from "#modules/bank/api.ts";
import type { MsgPayFee, MsgPayFeeResponse } from "#proto/gen/iterum/treasury.ts";
import { budgetOf, give } from "./budget.ts";
import { errors } from "./errors.ts";
import { ensureAddress, ensurePerson } from "./payee.ts";
import { ensureBudget, planOf } from "./plan.ts";

const PPM = 1_000_000n;

/** Pays somebody for a service of a game; the budget gets its share, rounded up. */
export const payFee: Handler<MsgPayFee, MsgPayFeeResponse> = {
  signer: ({ payer }) => payer,
  check: ({ payee, amount }) => {
    ensureAddress(payee);
    ensure(amount > 0n, errors.BadAmount);
  },
  run: (ctx, { payer, gameId, payee, amount }) => {
    ensureBudget(ctx, gameId);
    ensurePerson(ctx, payee);
    const share = mulDiv(amount, BigInt(planOf(ctx, gameId).feeSharePpm), PPM, "up");
    give(ctx, gameId, payer, share, "share of a fee");
    bank.send(ctx, payer, payee, budgetOf(ctx, gameId).denom, amount - share);
    return { share };
  },
};
