import { moduleQueries } from "#client/modules.ts";
import { isOver, phaseEnd } from "#client/rounds.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { limiter } from "../limiter.ts";
import { followRounds, type Step } from "../steps.ts";
import { openOrder, placeOrder } from "./order.ts";
import { commitPredictions, openPredictions } from "./predict.ts";
import { proveDue } from "./prove.ts";
import type { OperatorOptions, World } from "./types.ts";

const MARGIN_MIN = 3;
const MARGIN_MAX = 50;

/** Blocks before the close at which an order no longer waits: a quarter of OPEN, within bounds. */
function marginOf({ openHeight, ends }: Round): number {
  const length = Number((ends[0] ?? openHeight) - openHeight);
  return Math.min(Math.max(length >> 2, MARGIN_MIN), MARGIN_MAX);
}

/**
 * Whether to order now: once the labels of the round before are open, for nothing more can be learned before
 * the close; at the latest with the margin left.
 */
function isTimeToOrder(world: World, round: Round, height: bigint, before: Round | undefined): boolean {
  if (!before || before.phase >= Phase.PHASE_PROVE) return true;
  const close = phaseEnd(round, Phase.PHASE_OPEN) ?? 0n;
  return height >= close - BigInt(world.marginBlocks ?? marginOf(round));
}

/** Tells what a round came to. */
const report = (world: World, { roundId, phase }: Round): Step => ({
  name: "report",
  run: async () => {
    const { queries, gameId, chain, emit } = world;
    const outcome = phase === Phase.PHASE_DONE ? await queries.markets.outcome(gameId, roundId) : undefined;
    const result = outcome?.results.find(({ operator }) => operator === chain.address);
    emit({ kind: "settled", roundId, result });
    return "done";
  },
});

function stepOf(world: World, round: Round, height: bigint, before: Round | undefined): Step | undefined {
  if (isOver(round)) return report(world, round);
  switch (round.phase) {
    case Phase.PHASE_OPEN:
      return isTimeToOrder(world, round, height, before) ? placeOrder(world, round) : undefined;
    case Phase.PHASE_OPEN_ORDERS:
      return openOrder(world, round);
    case Phase.PHASE_LABEL:
    case Phase.PHASE_PREDICT:
      return commitPredictions(world, round);
    case Phase.PHASE_OPEN_PREDICTIONS:
      return openPredictions(world, round);
    case Phase.PHASE_PROVE:
      return proveDue(world, round);
    default:
      return undefined;
  }
}

/**
 * Plays every round of a game until the signal fires: learns from what is open, orders, predicts, proves.
 * May be started again at any point; the store tells it what it had in hand. Resolves once all is at rest.
 */
export async function runOperator(options: OperatorOptions): Promise<void> {
  const { chain, gameId, signal, onEvent = () => undefined, proofsAtOnce = 1 } = options;
  const world: World = {
    ...options,
    queries: moduleQueries(chain.ask),
    emit: onEvent,
    proofLine: limiter(proofsAtOnce),
    known: new Set(),
  };
  await followRounds({
    chain,
    gameId,
    queries: world.queries,
    signal,
    stepOf: (round, height, before) => stepOf(world, round, height, before),
    onFailed: onEvent,
  });
}
