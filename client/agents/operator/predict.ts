import { predictionsFromLogits } from "#chain/math/transform.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import { encodePredictions, predictionsHash } from "#chain/protocol/predictions.ts";
import { featurizerSpec } from "#client/commitments.ts";
import { ClientError } from "#client/errors.ts";
import { modelLmsrParams, msgCommitPredictions, msgOpenPredictions } from "#client/markets.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import type { Step } from "../steps.ts";
import { ownOrder, templateOf, tradeOf } from "./order.ts";
import { keepPredictions, refOf, type Trade } from "./trade.ts";
import type { World } from "./types.ts";

/** The input tensors of a round's items in canonical order, from what was revealed on chain. */
export async function roundInputs({ queries, gameId }: World, roundId: bigint): Promise<Int32Array[]> {
  const spec = featurizerSpec((await queries.commitments.dataRule(gameId)).featurizer);
  const list = await queries.commitments.items(gameId, roundId);
  if (!list) throw new ClientError("badAnswer", `round ${roundId} without its item list`);
  const packed = new Map<string, Uint8Array>();
  for (const { member, items } of await queries.commitments.sets(gameId, roundId))
    for (const { index, input } of items) packed.set(`${member}/${index}`, input);
  return list.items.map(({ member, index }) => {
    const input = packed.get(`${member}/${index}`);
    if (!input) throw new ClientError("badAnswer", `item ${index} of ${member} without its input`);
    return unpackInput(spec, input);
  });
}

/** Gives the model to the prover unless this process has: a prover that lost it takes it again. */
export async function ensureModel(
  { known, prover, strategy }: World,
  { modelKey, onnx }: Trade,
): Promise<void> {
  if (known.has(modelKey)) return;
  await prover.registerModel(strategy.architecture, onnx);
  known.add(modelKey);
}

/** Exactly the numbers that the chain will derive from a proof of the same items. */
async function predict(world: World, roundId: bigint, trade: Trade): Promise<Uint8Array> {
  const { queries, gameId, prover } = world;
  await ensureModel(world, trade);
  const inputs = await roundInputs(world, roundId);
  const { transform, outputScale, classes } = await templateOf(world, roundId);
  const answer = await prover.predict(trade.modelKey, inputs);
  if (answer.outputScale !== outputScale || answer.logits.length !== inputs.length)
    throw new ClientError("badAnswer", "the prover's template is not the chain's");
  const { clipPpm } = modelLmsrParams(await queries.markets.market(gameId, roundId));
  const values = predictionsFromLogits(transform, answer.logits.flat(), outputScale, classes, clipPpm);
  return encodePredictions(values);
}

/** LABEL and PREDICT: run the model on the round's items, keep the numbers, then commit to them. */
export const commitPredictions = (world: World, round: Round): Step => ({
  // The phases differ in name so that a step of LABEL that is still at work gives way.
  name: round.phase === Phase.PHASE_PREDICT ? "commit predictions" : "predict",
  run: async () => {
    const { gameId, chain } = world;
    const { roundId } = round;
    const order = await ownOrder(world, roundId);
    if (order?.status !== OrderStatus.ORDER_STATUS_OPEN) return "done";
    let trade = await tradeOf(world, roundId, order);
    if (trade.predictions === null) {
      trade = await keepPredictions(world, roundId, trade, await predict(world, roundId, trade));
      world.emit({ kind: "predicted", roundId, items: (trade.predictions?.length ?? 0) / 2 });
    }
    if (round.phase !== Phase.PHASE_PREDICT) return "done";
    const operator = chain.address;
    const ref = refOf(world, roundId);
    const bytes = trade.predictions ?? new Uint8Array(0);
    const hash = predictionsHash(ref, addressBytes(operator), bytes, trade.predictionsSalt);
    await chain.send([msgCommitPredictions({ operator, gameId, roundId, predictionsHash: hash })]);
    return "done";
  },
});

/** OPEN_PREDICTIONS: show what was committed to. */
export const openPredictions = (world: World, { roundId }: Round): Step => ({
  name: "open predictions",
  run: async () => {
    const { gameId, chain } = world;
    const order = await ownOrder(world, roundId);
    if (order?.status !== OrderStatus.ORDER_STATUS_COMMITTED) return "done";
    const { predictions, predictionsSalt: salt } = await tradeOf(world, roundId, order);
    if (predictions === null) throw new Error(`the predictions of round ${roundId} are gone`);
    await chain.send([msgOpenPredictions({ operator: chain.address, gameId, roundId, predictions, salt })]);
    world.emit({ kind: "revealed", roundId });
    return "done";
  },
});
