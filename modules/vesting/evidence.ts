import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { Profit } from "#proto/gen/iterum/vesting.ts";
import { errors } from "./errors.ts";
import { ruleOf } from "./rule.ts";
import { suspicionsOf } from "./suspicion.ts";

/** Fails with (vesting, 7) unless both are addresses. */
export function ensureAddresses(...addresses: readonly string[]): void {
  for (const address of addresses)
    ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
}

/**
 * The operator's profit on the member's items, which must be far above its profits on others'. Fails with
 * (vesting, 2) or (vesting, 4).
 */
export function evidence(ctx: ReadCtx, gameId: string, operator: string, member: string): Profit {
  const { commonRoundsMin, suspicionMilli } = ruleOf(ctx, gameId);
  const found = suspicionsOf(ctx, gameId, operator, commonRoundsMin).find(
    ({ profit }) => profit?.member === member,
  );
  const milli = found?.suspicionMilli ?? 0n;
  ensure(found?.profit && milli > BigInt(suspicionMilli), errors.NoSuspicion, { operator, member, milli });
  return found.profit;
}
