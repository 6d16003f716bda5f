import { toHex } from "#chain/bytes/hex.ts";
import type { ValidatorUpdate, Vote } from "#chain/kernel/ctx.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";

/** The sets of validators of a chain as consensus keeps them. */
export interface ValidatorSets {
  /** The commit of the block before a height, in which those of the given hex addresses are missing. */
  votes(height: bigint, absent?: ReadonlySet<string>): readonly Vote[];
  /** Takes what the block of a height changes: it holds from the block after the next on. */
  update(height: bigint, updates: readonly ValidatorUpdate[]): void;
}

/** Sets that begin with the given one; none of them where a chain has none. */
export function validatorSets(first: readonly ValidatorUpdate[]): ValidatorSets {
  type Powers = ReadonlyMap<string, ValidatorUpdate>;
  const changed = (powers: Powers, updates: readonly ValidatorUpdate[]): Powers => {
    const next = new Map(powers);
    for (const update of updates)
      if (update.power === 0n) next.delete(toHex(update.publicKey));
      else next.set(toHex(update.publicKey), update);
    return next;
  };
  const genesis = changed(new Map(), first);
  /** By the height that they decide. */
  const sets = new Map<bigint, Powers>();
  const setOf = (height: bigint): Powers => sets.get(height) ?? genesis;
  return {
    votes: (height, absent = new Set()) =>
      height < 2n
        ? []
        : [...setOf(height - 1n).values()].map(({ publicKey, power }) => {
            const address = consensusAddress(publicKey);
            return { address, power, signed: !absent.has(toHex(address)) };
          }),
    update: (height, updates) => {
      sets.set(height + 2n, changed(setOf(height + 1n), updates));
      sets.delete(height - 2n);
    },
  };
}
