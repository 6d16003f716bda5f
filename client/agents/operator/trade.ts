import { randomBytes } from "node:crypto";
import { decode, encode } from "@ipld/dag-cbor";
import { toHex } from "#chain/bytes/hex.ts";
import { SALT_BYTES } from "#chain/protocol/item.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { epochId } from "#chain/protocol/seal.ts";
import type { World } from "./types.ts";

/** All that an operator must remember of its trade in one round. Losing it forfeits the bound. */
export interface Trade {
  /** The model's ONNX file, its key at the prover, and what the chain knows it by. */
  readonly onnx: Uint8Array;
  readonly modelKey: string;
  readonly paramsHash: Uint8Array;
  readonly modelId: Uint8Array;
  /** Base units in decimal. */
  readonly deposit: string;
  readonly salt: Uint8Array;
  readonly predictionsSalt: Uint8Array;
  /** Encoded predictions, once they are made: what was committed to must be what is opened. */
  readonly predictions: Uint8Array | null;
}

/** The round as hashes are bound to it. */
export const refOf = ({ chain, gameId }: World, roundId: bigint): RoundRef => ({
  chainId: chain.chainId,
  gameId,
  roundId,
});

const nameOf = (world: World, roundId: bigint): string =>
  `trade-${toHex(epochId(refOf(world, roundId)))}-${world.chain.address}`;

export async function loadTrade(world: World, roundId: bigint): Promise<Trade | undefined> {
  const stored = await world.store.get(nameOf(world, roundId));
  return stored && decode<Trade>(stored);
}

/** Keeps a new trade under fresh salts; of two attempts the first stays. */
export async function keepTrade(
  world: World,
  roundId: bigint,
  terms: Omit<Trade, "salt" | "predictionsSalt" | "predictions">,
): Promise<Trade> {
  const salt = (): Uint8Array => Uint8Array.from(randomBytes(SALT_BYTES));
  const trade: Trade = { ...terms, salt: salt(), predictionsSalt: salt(), predictions: null };
  return decode<Trade>(await world.store.add(nameOf(world, roundId), encode(trade)));
}

/** Keeps the trade's predictions before anybody hears of them. */
export async function keepPredictions(
  world: World,
  roundId: bigint,
  trade: Trade,
  predictions: Uint8Array,
): Promise<Trade> {
  const changed: Trade = { ...trade, predictions };
  await world.store.put(nameOf(world, roundId), encode(changed));
  return changed;
}
