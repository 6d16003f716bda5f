import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { checkTemplate, templateId as idOf, TemplateError } from "#chain/protocol/template.ts";
import type { MsgApproveTemplate, MsgApproveTemplateResponse, Template } from "#proto/gen/iterum/proofs.ts";
import { errors } from "./errors.ts";
import { templateApproved } from "./events.ts";
import { setup, templates, verifiers } from "./state.ts";

/** Takes a template in; fails with (proofs, 13) unless its key is of the chain's setup and verifier code. */
export function addTemplate(ctx: WriteCtx, template: Template): Uint8Array {
  const { name, verifierCodeHash } = template;
  const srsG2 = setup.find(ctx)?.g2;
  const isKnown = verifierCodeHash.length === 32 && verifiers.has(ctx, verifierCodeHash);
  ensure(srsG2 && isKnown, errors.BadTemplate, { verifierOf: name.slice(0, 64) });
  try {
    checkTemplate(template, { srsG2, verifierCodeHash });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw errors.BadTemplate({ template: name.slice(0, 64), why: error.message });
  }
  const templateId = idOf(template);
  ensure(!templates.has(ctx, templateId), errors.BadTemplate, { template: name, twice: true });
  templates.set(ctx, templateId, template);
  return templateId;
}

/** Approves a circuit, so that games may name it in their audits. */
export const approveTemplate: Handler<MsgApproveTemplate, MsgApproveTemplateResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ template }) => ensure(template, errors.BadTemplate, { missing: "template" }),
  run: (ctx, { template }) => {
    assert(template, "a message that was not checked");
    const templateId = addTemplate(ctx, template);
    templateApproved(ctx, { templateId, name: template.name });
    return { templateId };
  },
};
