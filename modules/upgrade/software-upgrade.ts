import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgSoftwareUpgrade, MsgSoftwareUpgradeResponse } from "#proto/gen/cosmos/upgrade.ts";
import { edition } from "./api.ts";
import { errors } from "./errors.ts";
import { planned } from "./events.ts";
import { checkPlan, plainPlan } from "./plan.ts";
import { applied, planItem } from "./state.ts";

/** Plans an upgrade by a decision of the council; an earlier plan is replaced. */
export const softwareUpgrade: Handler<MsgSoftwareUpgrade, MsgSoftwareUpgradeResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ plan }) => checkPlan(plan),
  run: (ctx, { plan }) => {
    checkPlan(plan);
    const { name, height, info } = plan;
    ensure(height > ctx.height, errors.BadPlan, { height, now: ctx.height });
    ensure(!applied.has(ctx, name) && edition(ctx) !== name, errors.WasApplied, { name });
    planItem.set(ctx, plainPlan(plan));
    planned(ctx, { name, height, info });
    return {};
  },
};
