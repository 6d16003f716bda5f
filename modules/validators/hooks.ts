import type { Hook } from "#chain/kernel/ctx.ts";
import { hook } from "#chain/kernel/module.ts";

// Operators and delegators are named by the addresses of their accounts.

/** A validator that has no shares yet. */
export const validatorCreated: Hook<{ readonly operator: string }> = hook("validators.validatorCreated");

/** A validator is gone: it had no shares left. Votes and evidence may still name its key. */
export const validatorRemoved: Hook<{ readonly operator: string; readonly consensusAddress: Uint8Array }> =
  hook("validators.validatorRemoved");

/** A delegator is about to have its first shares: neither they nor their tokens are there yet. */
export const delegationCreating: Hook<{ readonly delegator: string; readonly operator: string }> = hook(
  "validators.delegationCreating",
);

/** A delegator's shares are about to change, and the validator's tokens with them. */
export const delegationChanging: Hook<{ readonly delegator: string; readonly operator: string }> = hook(
  "validators.delegationChanging",
);

/** A delegator's shares have changed, or are new; not fired for one that has none left. */
export const delegationChanged: Hook<{ readonly delegator: string; readonly operator: string }> = hook(
  "validators.delegationChanged",
);

/** A validator's tokens are about to fall by a share of them, in units of 10⁻¹⁸. */
export const validatorSlashed: Hook<{ readonly operator: string; readonly fractionAtto: bigint }> = hook(
  "validators.validatorSlashed",
);

/** A validator enters the set: it votes from the block after the next on. */
export const validatorBonded: Hook<{ readonly operator: string }> = hook("validators.validatorBonded");

/** A validator leaves the set: it votes until the block after the next. */
export const validatorUnbonding: Hook<{ readonly operator: string }> = hook("validators.validatorUnbonding");

/** Consensus is told that a key leaves the set: it may vote and propose until the block after the next. */
export const consensusKeyUnseated: Hook<{ readonly consensusAddress: Uint8Array }> = hook(
  "validators.consensusKeyUnseated",
);

/** A validator has another key; the old one may vote and propose until the block after the next. */
export const consensusKeyRotated: Hook<{
  readonly operator: string;
  /** Consensus addresses, 20 bytes. */
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}> = hook("validators.consensusKeyRotated");
