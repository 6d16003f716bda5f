import { keccak_256 } from "@noble/hashes/sha3.js";
import { equalBytes } from "#chain/bytes/compare.ts";
import { instanceCount, type Template, TemplateError, templateId } from "#chain/protocol/template.ts";
import type { TemplateKey } from "./types.ts";

/**
 * What the verifier needs of a template, with the verifier's deployed bytecode (`verifierCode`), whose
 * Keccak-256 must be the template's. Throws TemplateError if it is not.
 */
export function templateKey(template: Template, verifierCode: Uint8Array): TemplateKey {
  if (!equalBytes(keccak_256(verifierCode), template.verifierCodeHash))
    throw new TemplateError("verifier code is not the one the template names");
  const { vka, proofLength } = template;
  return {
    templateId: templateId(template),
    vka,
    proofLength,
    instanceCount: instanceCount(template),
    verifierCode,
  };
}
