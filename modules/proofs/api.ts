import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { Due, Template } from "#proto/gen/iterum/proofs.ts";
import { errors } from "./errors.ts";
import { proofDue } from "./events.ts";
import { dues, templates } from "./state.ts";

export { audit, setAudit } from "./audit.ts";

/** The approved template; fails with (proofs, 2). */
export function template(ctx: ReadCtx, templateId: Uint8Array): Template {
  const found = templateId.length === 32 ? templates.get(ctx, templateId) : undefined;
  ensure(found, errors.NoTemplate);
  return found;
}

/** Makes an operator owe proofs of the given batches until PROVE ends. */
export function demand(ctx: WriteCtx, { gameId, roundId }: RoundKey, due: Due): void {
  dues.set(ctx, [gameId, roundId, due.operator], due);
  const { operator, modelId, batches } = due;
  proofDue(ctx, { gameId, roundId, operator, modelId, batches: batches.length });
}

/** Whether every batch that the operator owes is proven; ends the debt either way. */
export function collect(ctx: WriteCtx, { gameId, roundId }: RoundKey, operator: string): boolean {
  const due = dues.get(ctx, [gameId, roundId, operator]);
  dues.delete(ctx, [gameId, roundId, operator]);
  return due?.batches.every(({ proven }) => proven) ?? false;
}
