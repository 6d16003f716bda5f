import { on, type Subscription } from "#chain/kernel/module.ts";
import * as validators from "#modules/validators/api.ts";
import { Earnings } from "#proto/gen/iterum/distribution.ts";
import { close, settle, start } from "./settle.ts";
import { earnings, slashes, starts } from "./state.ts";

/** What happens to stake: whose shares change is paid first, so that they earn by what they are. */
export const subscriptions: readonly Subscription[] = [
  on(validators.delegationChanging, (ctx, { delegator, operator }) => {
    settle(ctx, delegator, operator);
    starts.delete(ctx, [delegator, operator]);
  }),
  on(validators.delegationChanged, (ctx, { delegator, operator }) => start(ctx, delegator, operator)),
  on(validators.validatorRemoved, (ctx, { operator }) => close(ctx, operator)),
  // A slash takes from all shares alike: it is kept for those who ask for it.
  on(validators.validatorSlashed, (ctx, { operator, fractionAtto: fraction }) => {
    const found = earnings.get(ctx, operator) ?? { ...Earnings.zero(), operator };
    const { slashes: number } = found;
    slashes.set(ctx, [operator, ctx.height, number], { operator, height: ctx.height, number, fraction });
    earnings.set(ctx, operator, { ...found, slashes: number + 1n });
  }),
];
