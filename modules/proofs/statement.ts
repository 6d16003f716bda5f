import { equalBytes } from "#chain/bytes/compare.ts";
import { bigFromBytes } from "#chain/bytes/int.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import { outputsPerItem, predictionsFromLogits } from "#chain/math/transform.ts";
import { inputHash } from "#chain/protocol/item.ts";
import { encodePredictions } from "#chain/protocol/predictions.ts";
import { instanceCount, joinInstances } from "#chain/protocol/template.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Batch, Due, MsgSubmitProof, Template } from "#proto/gen/iterum/proofs.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { audit, template as templateOf } from "./api.ts";
import { errors } from "./errors.ts";
import { dues, verifiers } from "./state.ts";

const VALUE_BYTES = 4;
const LOGIT_BYTES = 8;

/** What a proof of the message must show, once every part that can be compared has been. */
export interface Claim {
  readonly due: Due;
  readonly batch: Batch;
  readonly task: DueProof;
}

function readInputs({ batch, inputSize }: Template, bytes: Uint8Array): Int32Array[] {
  ensure(bytes.length === batch * inputSize * VALUE_BYTES, errors.BadLength, { inputs: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: batch }, (_, item) =>
    Int32Array.from({ length: inputSize }, (_, i) => view.getInt32((item * inputSize + i) * VALUE_BYTES)),
  );
}

function readOutputs({ batch, transform, classes }: Template, bytes: Uint8Array): bigint[] {
  const count = batch * outputsPerItem(transform, classes);
  ensure(bytes.length === count * LOGIT_BYTES, errors.BadLength, { outputs: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, i) => view.getBigInt64(i * LOGIT_BYTES));
}

/** The debt that the message means to pay; fails with (proofs, 3…5) when there is none. */
function findBatch(ctx: ReadCtx, msg: MsgSubmitProof): { due: Due; batch: Batch } {
  rounds.ensurePhase(ctx, msg, Phase.PHASE_PROVE);
  const due = dues.get(ctx, [msg.gameId, msg.roundId, msg.operator]);
  ensure(due, errors.NotDue, { operator: msg.operator });
  const batch = due.batches[msg.batchIndex];
  ensure(batch, errors.NoBatch, { batchIndex: msg.batchIndex });
  ensure(!batch.proven, errors.AlreadyProven, { batchIndex: msg.batchIndex });
  return { due, batch };
}

/**
 * What the proof must show: this model, these revealed inputs, these posted predictions. Public values are
 * put together from the chain's own data, so a proof of anything else cannot verify; what differs openly is
 * refused before with its own error (design: proofs.md §1).
 */
export function claimOf(ctx: ReadCtx, msg: MsgSubmitProof): Claim {
  const { due, batch } = findBatch(ctx, msg);
  const template = templateOf(ctx, due.templateId);
  ensure(equalBytes(msg.paramsHash, due.paramsHash), errors.WrongModel);

  const inputs = readInputs(template, msg.inputs);
  for (const [item, values] of inputs.entries()) {
    const hash = inputHash(due.featurizerId, values);
    ensure(equalBytes(hash, batch.inputHashes[item] as Uint8Array), errors.WrongInput, { item });
  }
  const outputs = readOutputs(template, msg.outputs);
  const { transform, outputScale, classes } = template;
  const predictions = predictionsFromLogits(transform, outputs, outputScale, classes, due.clipPpm);
  ensure(equalBytes(encodePredictions(predictions), batch.predictions), errors.WrongOutput);
  ensure(msg.proof.length === template.proofLength, errors.BadLength, { proof: msg.proof.length });

  const verifierCode = verifiers.get(ctx, template.verifierCodeHash);
  assert(verifierCode, "a template's verifier code is missing");
  const { vka, proofLength } = template;
  const { templateId } = due;
  const instances = joinInstances(template, { params: bigFromBytes(due.paramsHash), inputs, outputs });
  return {
    due,
    batch,
    task: {
      place: { game: msg.gameId, debtor: msg.operator, perBlock: audit(ctx, msg).proofsPerBlock },
      key: { templateId, vka, proofLength, instanceCount: instanceCount(template), verifierCode },
      statement: { templateId, instances, proof: msg.proof },
    },
  };
}
