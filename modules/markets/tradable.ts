import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as proofs from "#modules/proofs/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { errors } from "./errors.ts";

/**
 * Fails unless the operator may trade by the model in this round: registered before the close, when nobody
 * had seen the round's data, by the operator itself, on a template that the game takes.
 */
export function ensureTradable(
  ctx: ReadCtx,
  key: rounds.RoundKey,
  operator: string,
  modelId: Uint8Array,
): void {
  const model = commitments.findModel(ctx, modelId);
  ensure(model, errors.NoModel);
  ensure(model.owner === operator, errors.NotOwner, { operator });
  const [closeHeight = 0n] = rounds.round(ctx, key).ends;
  ensure(model.registeredHeight <= closeHeight, errors.LateModel, { closeHeight });
  const { templateIds } = proofs.audit(ctx, key);
  ensure(
    templateIds.some((id) => equalBytes(id, model.templateId)),
    errors.WrongTemplate,
  );
}
