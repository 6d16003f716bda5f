import { invariant } from "#chain/kernel/module.ts";
import { addressKey } from "#chain/protocol/address.ts";
import * as validators from "#modules/validators/api.ts";
import { missedBits, records } from "./state.ts";

function ones(byte: number): number {
  let count = 0;
  for (let bits = byte; bits !== 0; bits >>>= 1) count += bits & 1;
  return count;
}

export const bitsAreCounted = invariant(
  "each validator's count of missed blocks is the number of its bits",
  "full",
  (ctx) =>
    [...records.all(ctx)].every(([operator, { missed }]) => {
      let count = 0;
      for (const [, bits] of missedBits.under(ctx, addressKey, operator))
        for (const byte of bits) count += ones(byte);
      return count === missed;
    }),
);

export const tombstonesHold = invariant("a tombstoned validator is jailed", "full", (ctx) =>
  [...records.all(ctx)].every(
    ([operator, { tombstoned }]) => !tombstoned || validators.validator(ctx, operator)?.jailed === true,
  ),
);
