import { toHex } from "#chain/bytes/hex.ts";
import type { ValidatorUpdate } from "#chain/kernel/ctx.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";

// How CometBFT takes changes of its set, and what it stops for (types/validator_set.go, state/validation.go).

/** Greatest power of all together: an eighth of 2⁶³ − 1. */
const TOTAL_POWER_MAX = (2n ** 63n - 1n) / 8n;

/** Powers by hex consensus address. */
export type CometSet = ReadonlyMap<string, bigint>;

const sum = (powers: Iterable<bigint>): bigint => [...powers].reduce((total, power) => total + power, 0n);

/** The set after a block's changes; throws where CometBFT would stop. */
export function changedSet(set: CometSet, updates: readonly ValidatorUpdate[]): CometSet {
  const changes = new Map<string, bigint>();
  for (const { publicKey, power } of updates) {
    if (publicKey.length !== 32) throw new Error("a key that is no Ed25519 key");
    if (power < 0n) throw new Error("a power below zero");
    if (power > TOTAL_POWER_MAX) throw new Error("a power beyond what counts");
    const address = toHex(consensusAddress(publicKey));
    if (changes.has(address)) throw new Error("two changes of one validator");
    changes.set(address, power);
  }
  const removed = [...changes].filter(([, power]) => power === 0n);
  const isNew = [...changes].some(([address, power]) => power > 0n && !set.has(address));
  if (!isNew && removed.length > 0 && removed.length === set.size) throw new Error("an empty set");
  for (const [address] of removed)
    if (!set.has(address)) throw new Error("a removal of one that is not in the set");
  const next = new Map(set);
  for (const [address] of removed) next.delete(address);
  // Smaller changes are counted first, so that what is taken away makes room.
  let total = sum(next.values());
  const deltas = [...changes].filter(([, power]) => power > 0n);
  const delta = ([address, power]: readonly [string, bigint]): bigint => power - (next.get(address) ?? 0n);
  for (const change of deltas.sort((a, b) => Number(delta(a) - delta(b)))) {
    total += delta(change);
    if (total > TOTAL_POWER_MAX) throw new Error("all power together beyond what counts");
  }
  for (const [address, power] of deltas) next.set(address, power);
  if (next.size === 0) throw new Error("an empty set");
  return next;
}
