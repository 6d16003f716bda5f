import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgCancelUpgrade, MsgCancelUpgradeResponse } from "#proto/gen/cosmos/upgrade.ts";
import { errors } from "./errors.ts";
import { cancelled } from "./events.ts";
import { planItem } from "./state.ts";

/** Drops the plan by a decision of the council. */
export const cancelUpgrade: Handler<MsgCancelUpgrade, MsgCancelUpgradeResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  run: (ctx) => {
    const plan = planItem.find(ctx);
    ensure(plan, errors.NoPlan);
    planItem.delete(ctx);
    cancelled(ctx, { name: plan.name });
    return {};
  },
};
