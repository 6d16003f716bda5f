import { ChainError } from "./error.ts";

/** Counts what a transaction costs. Gas depends on canonical bytes only, never on time or memory. */
export interface GasMeter {
  readonly limit: bigint;
  used(): bigint;
  /** Adds to the count; throws (sdk, 11) beyond the limit. */
  consume(amount: bigint): void;
  /** The same for a small number below 2³², as every access to a store counts one. */
  charge(amount: number): void;
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

const EXACT_MAX = 1n << 52n;

/** A meter that counts from zero. */
export function gasMeter(limit: bigint): GasMeter {
  // Small amounts are counted apart and as numbers: sums of bigints are what a transaction would mostly make.
  let consumed = 0n;
  let charged = 0;
  let room = roomFor(limit);
  const used = (): bigint => consumed + BigInt(charged);
  const exceed = (): never => {
    throw new ChainError("sdk", 11, "out of gas", { limit, used: used() });
  };
  return {
    limit,
    used,
    consume: (amount) => {
      consumed += amount;
      room = roomFor(limit - consumed);
      if (charged > room) exceed();
    },
    charge: (amount) => {
      charged += amount;
      if (charged > room) exceed();
    },
  };
}

/** How much may be charged, as an exact number: less than there is where there is more than any block has. */
const roomFor = (left: bigint): number => Number(left < EXACT_MAX ? left : EXACT_MAX);

/** For begin- and end-of-block work, whose bound is a fixed budget and not gas. */
export const freeGas: GasMeter = {
  limit: 0n,
  used: () => 0n,
  consume: () => undefined,
  charge: () => undefined,
};
