import { ensure } from "#chain/kernel/error.ts";
import type { Params } from "#proto/gen/cosmos/distribution.ts";
import { ATTO } from "./accrual.ts";
import { errors } from "./errors.ts";

/** Of a chain whose genesis says nothing: a fiftieth to the community. */
export const DEFAULT_PARAMS: Params = {
  communityTax: 20_000_000_000_000_000n,
  baseProposerReward: 0n,
  bonusProposerReward: 0n,
  withdrawAddrEnabled: true,
};

/** Fails unless the tax is a share of one and nothing is meant for proposers alone. */
export function ensureParams({ communityTax, baseProposerReward, bonusProposerReward }: Params): void {
  ensure(communityTax <= ATTO, errors.BadParams, { communityTax });
  ensure(baseProposerReward + bonusProposerReward === 0n, errors.BadParams, { proposers: true });
}
