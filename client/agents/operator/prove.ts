import { concat } from "#chain/bytes/concat.ts";
import { splitInstances } from "#chain/protocol/template.ts";
import { ClientError } from "#client/errors.ts";
import { type KnownTemplate, msgSubmitProof } from "#client/proofs.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import type { Batch, Due } from "#proto/gen/iterum/proofs.ts";
import type { Round } from "#proto/gen/iterum/rounds.ts";
import type { Step } from "../steps.ts";
import { ownOrder, templateOf, tradeOf } from "./order.ts";
import { ensureModel, roundInputs } from "./predict.ts";
import type { Trade } from "./trade.ts";
import type { World } from "./types.ts";

function int32be(values: Int32Array): Uint8Array {
  const out = new Uint8Array(values.length * 4);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setInt32(i * 4, value);
  return out;
}

function int64be(values: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(values.length * 8);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setBigInt64(i * 8, value);
  return out;
}

/** One batch to prove. */
interface Job {
  readonly roundId: bigint;
  readonly due: Due;
  readonly template: KnownTemplate;
  readonly trade: Trade;
  readonly inputs: readonly Int32Array[];
}

async function proveBatch(
  world: World,
  job: Job,
  batch: Batch,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const { chain, gameId, prover, clock } = world;
  const { roundId, due, template, trade } = job;
  const inputs = batch.places.map((place) => {
    const input = job.inputs[place];
    if (!input) throw new ClientError("badAnswer", `no item at place ${place}`);
    return input;
  });
  const began = clock.now();
  const { instances, proof } = await prover.prove(trade.modelKey, inputs, { signal });
  signal.throwIfAborted();
  const { outputs } = splitInstances(template, instances);
  await chain.send([
    msgSubmitProof({
      operator: chain.address,
      gameId,
      roundId,
      batchIndex: index,
      paramsHash: due.paramsHash,
      inputs: concat(...inputs.map(int32be)),
      outputs: int64be(outputs),
      proof,
    }),
  ]);
  world.emit({ kind: "proven", roundId, batch: index, ms: clock.now() - began });
}

/** PROVE: a proof for every batch that is due and not proven; those that fail are tried again. */
export const proveDue = (world: World, { roundId }: Round): Step => ({
  name: "prove",
  run: async (signal) => {
    const { queries, gameId, chain, proofLine } = world;
    const order = await ownOrder(world, roundId);
    if (order?.status !== OrderStatus.ORDER_STATUS_PREDICTED) return "done";
    const due = await queries.proofs.due(gameId, roundId, chain.address);
    const left = due?.batches.filter(({ proven }) => !proven) ?? [];
    if (!due || left.length === 0) return "done";
    const trade = await tradeOf(world, roundId, order);
    await ensureModel(world, trade);
    const inputs = await roundInputs(world, roundId);
    const job: Job = { roundId, due, template: await templateOf(world, roundId), trade, inputs };
    const results = await Promise.allSettled(
      left.map((batch) => proofLine(() => proveBatch(world, job, batch, due.batches.indexOf(batch), signal))),
    );
    for (const result of results) if (result.status === "rejected") throw result.reason;
    return "done";
  },
});
