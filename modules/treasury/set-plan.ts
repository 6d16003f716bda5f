import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgSetPlan, MsgSetPlanResponse } from "#proto/gen/iterum/treasury.ts";
import { errors } from "./errors.ts";
import { planSet } from "./events.ts";
import { checkPlan, ensureBudget } from "./plan.ts";
import { plans } from "./state.ts";

/**
 * Changes what users pay. A subscriber who agreed to less than the new price is let go as its period ends.
 */
export const setPlan: Handler<MsgSetPlan, MsgSetPlanResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ plan }) => plan?.gameId ?? "",
  check: ({ plan }) => {
    ensure(plan, errors.BadPlan, { missing: "plan" });
    checkPlan(plan);
  },
  run: (ctx, { plan }) => {
    ensure(plan, errors.BadPlan, { missing: "plan" });
    ensureBudget(ctx, plan.gameId);
    plans.set(ctx, plan.gameId, plan);
    planSet(ctx, plan);
    return {};
  },
};
