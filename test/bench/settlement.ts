import { decodePredictions, encodePredictions } from "#chain/protocol/predictions.ts";
import type { RevealedSet } from "#modules/markets/kind.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import { CRANK_MOVES_PER_BLOCK } from "#modules/markets/moves.ts";
import { hashOf, order, PARAMS, placement, randomFrom } from "../modules/markets/lmsr-rounds.ts";
import { type Effort, perSecond } from "./measure.ts";

const ITEMS = 1000;
const ORDERS = 64;
const SLICES = 4;
/** What one block settles of a chain's only game. */
const MOVES_PER_BLOCK = Number(CRANK_MOVES_PER_BLOCK);
/** Blocks of the crank that are settled: a round of this size takes 32. */
const BLOCKS = { full: 12, quick: 1 };

interface Market {
  readonly state: Uint8Array;
  readonly set: RevealedSet;
  readonly predictions: ReadonlyMap<string, Uint8Array>;
}

/** A closed market of the largest default size, as it lies in the store. */
function closedMarket(): Market {
  const random = randomFrom(7n);
  const operators = Array.from({ length: ORDERS }, (_, i) => `operator ${i}`);
  const deposit = PARAMS.depositMin;
  let state = modelLmsr.open({ ...PARAMS, slices: SLICES });
  for (const operator of operators) state = modelLmsr.apply(state, placement(operator, deposit)).state;
  const orders = operators.map((operator) => order(operator, deposit));
  const closed = modelLmsr.close(state, orders, hashOf("seed"));
  const items = Array.from({ length: ITEMS }, (_, i) => i);
  const guess = (): number => 1000 + random.below(63_000);
  return {
    state: modelLmsr.state.encode(closed),
    set: {
      weights: items.map(() => 1_000_000n),
      totalWeight: BigInt(ITEMS) * 1_000_000n,
      labels: items.map(() => random.below(2)),
      members: items.map((item) => item % 12),
      priorScorePpm: 0,
    },
    predictions: new Map(operators.map((operator) => [operator, encodePredictions(items.map(guess))])),
  };
}

/**
 * How many moves of an item a second the settlement crank makes in a market of 1,000 items, 64 orders and 4
 * slices: what a block does, from the bytes of state and predictions to the bytes of the next state, and the
 * trade alone.
 */
export function benchSettlement(effort: Effort): {
  readonly movesPerSecond: number;
  readonly tradeMovesPerSecond: number;
  readonly blockMs: number;
} {
  const { state: closed, set, predictions } = closedMarket();
  const blocks = BLOCKS[effort];
  let state = closed;
  let tradeMs = 0;
  const startMs = performance.now();
  for (let block = 0; block < blocks; block++) {
    const decoded = new Map([...predictions].map(([who, bytes]) => [who, decodePredictions(bytes)]));
    const evaluate = (operator: string) => {
      return { predictions: decoded.get(operator) as Uint16Array, scorePpm: 0 };
    };
    const before = modelLmsr.state.decode(state);
    const tradeStartMs = performance.now();
    const step = modelLmsr.step(before, set, evaluate, MOVES_PER_BLOCK);
    tradeMs += performance.now() - tradeStartMs;
    if (step.done) throw new Error("the market was settled before its time");
    state = modelLmsr.state.encode(step.state);
  }
  const totalMs = performance.now() - startMs;
  const moves = blocks * MOVES_PER_BLOCK;
  return {
    movesPerSecond: perSecond(moves, totalMs),
    tradeMovesPerSecond: perSecond(moves, tradeMs),
    blockMs: totalMs / blocks,
  };
}
