import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as auth from "#modules/auth/api.ts";
import * as validators from "#modules/validators/api.ts";

/** The denoms in which there are rewards: that of fees and that of new coins. */
export const denomsOf = (ctx: ReadCtx): readonly string[] => [
  ...new Set([auth.params(ctx).feeDenom, validators.bondDenom(ctx)]),
];
