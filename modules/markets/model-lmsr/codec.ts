import { DecodeError } from "#chain/proto/error.ts";
import { type ModelLmsrCrank, ModelLmsrParams, ModelLmsrState } from "#proto/gen/iterum/markets.ts";
import type { Encoding } from "../kind.ts";
import { phaseNumber, phaseOf, positionFromProto, positionToProto } from "../order-codec.ts";
import type { Params } from "./params.ts";
import type { Crank, State } from "./state.ts";

const PRICE_BYTES = 8;

/** Prices ≤ 10¹⁸ as eight bytes big-endian each. */
function packPrices(prices: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(prices.length * PRICE_BYTES);
  const view = new DataView(out.buffer);
  for (const [i, price] of prices.entries()) view.setBigUint64(i * PRICE_BYTES, price);
  return out;
}

/** What packPrices packed; throws a DecodeError on a length that is not whole prices. */
function unpackPrices(bytes: Uint8Array): bigint[] {
  if (bytes.length % PRICE_BYTES !== 0) throw new DecodeError("prices have eight bytes each");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length >>> 3 }, (_, i) => view.getBigUint64(i * PRICE_BYTES));
}

function crankToProto(crank: Crank): ModelLmsrCrank {
  const { items, totalWeight, slice, turn, item } = crank;
  return {
    items,
    totalWeight,
    slice,
    turn,
    item,
    movedLoss: -crank.movedSum,
    owedStart: -crank.potentialStart,
    owed: -crank.potential,
    prices: packPrices(crank.prices),
  };
}

function crankFromProto(crank: ModelLmsrCrank, classes: number): Crank {
  const { items, totalWeight, slice, turn, item, movedLoss, owedStart, owed } = crank;
  const prices = unpackPrices(crank.prices);
  if (prices.length !== items * classes) throw new DecodeError("prices of every item and class");
  return {
    items,
    totalWeight,
    slice,
    turn,
    item,
    movedSum: -movedLoss,
    potentialStart: -owedStart,
    potential: -owed,
    prices,
  };
}

/** Parameters as `iterum.markets.v1.ModelLmsrParams`. */
export const paramsEncoding: Encoding<Params> = ModelLmsrParams;

/** States as `iterum.markets.v1.ModelLmsrState`; decode throws a DecodeError on anything else. */
export const stateEncoding: Encoding<State> = {
  encode(s) {
    return ModelLmsrState.encode({
      params: s.params,
      phase: phaseNumber(s.phase),
      subsidy: s.subsidy,
      positions: s.positions.map(positionToProto),
      seed: s.seed,
      crank: s.crank && crankToProto(s.crank),
    });
  },
  decode(bytes) {
    const { params, phase, subsidy, positions, seed, crank } = ModelLmsrState.decode(bytes);
    if (!params) throw new DecodeError("a market without parameters");
    return {
      params,
      phase: phaseOf(phase),
      subsidy,
      positions: positions.map(positionFromProto),
      seed,
      crank: crank && crankFromProto(crank, params.classes),
    };
  },
};
