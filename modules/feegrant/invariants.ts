import { invariant } from "#chain/kernel/module.ts";
import { endNs, readAllowance } from "./allowance.ts";
import { ends, grants } from "./state.ts";

/** Nothing outlives its end unnoticed, and no end is noted for what is not there. */
export const endsAreNoted = invariant(
  "exactly the allowances with an end are listed by it",
  "full",
  (ctx) => {
    let expected = 0;
    for (const [[grantee, granter], { allowance }] of grants.all(ctx)) {
      if (!allowance) return false;
      const end = endNs(readAllowance(allowance));
      if (end === undefined) continue;
      if (!ends.has(ctx, [end, grantee, granter])) return false;
      expected += 1;
    }
    let listed = 0;
    for (const _ of ends.all(ctx)) listed += 1;
    return listed === expected;
  },
);
