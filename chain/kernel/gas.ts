import { ChainError } from "./error.ts";

/** Counts what a transaction costs. Gas depends on canonical bytes only, never on time or memory. */
export interface GasMeter {
  readonly limit: bigint;
  used(): bigint;
  /** Adds to the count; throws (sdk, 11) beyond the limit. */
  consume(amount: bigint): void;
}

/** Gas of each kind of access, as Cosmos SDK's KV gas table charges it. */
export const gasPrices = {
  readFlat: 1_000n,
  readPerByte: 3n,
  writeFlat: 2_000n,
  writePerByte: 30n,
  deleteFlat: 1_000n,
  iterateFlat: 30n,
  txPerByte: 10n,
  signature: 1_000n,
} as const;

export function gasMeter(limit: bigint): GasMeter {
  let used = 0n;
  return {
    limit,
    used: () => used,
    consume: (amount) => {
      used += amount;
      if (used > limit) throw new ChainError("sdk", 11, "out of gas", { limit, used });
    },
  };
}

/** For begin- and end-of-block work, whose bound is a fixed budget and not gas. */
export const freeGas: GasMeter = { limit: 0n, used: () => 0n, consume: () => undefined };
