import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { PROVER_ERRORS, ProverError, type ProverErrorCode } from "./errors.ts";
import type { JobKind, JobProgress, JobStatus, JobView } from "./jobs.ts";
import type { ProofResult, ReadyModel } from "./model.ts";
import type { Prediction, TemplateState } from "./prover.ts";
import type { TemplateArtifact } from "./template.ts";

// What the prover's routes carry: JSON, integers of the field as decimal strings, hashes in hexadecimal,
// other bytes in base64.

export interface ErrorBody {
  readonly code: ProverErrorCode;
  readonly message: string;
}

type BytesOf<T, Keys extends keyof T> = Omit<T, Keys> & { readonly [K in Keys]: string };

export type ArtifactBody = BytesOf<
  TemplateArtifact,
  "settingsHash" | "vkaDigest" | "srsG2" | "vkaBytes" | "onnx"
>;

export interface TemplateBody {
  readonly name: string;
  readonly status: TemplateState["status"];
  readonly artifact?: ArtifactBody;
  readonly error?: ErrorBody;
}

export interface ModelBody {
  readonly modelKey: string;
  readonly template: string;
  readonly vkaDigest: string;
  readonly paramsPoseidon: string;
}

export interface PredictionBody {
  readonly logits: readonly (readonly string[])[];
  readonly outputScale: number;
  readonly preview: readonly (readonly number[])[];
}

export interface ProofBody {
  readonly instances: readonly string[];
  readonly proof: string;
  readonly proveMs: number;
  readonly proveCpuMs: number;
}

export interface JobBody {
  readonly jobId: string;
  readonly kind: JobKind;
  readonly status: JobStatus;
  readonly progress: JobProgress;
  readonly queuedMs: number;
  readonly ranMs: number;
  readonly proof?: ProofBody;
  readonly error?: ErrorBody;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

const errorBody = ({ code, message }: ProverError): ErrorBody => ({ code, message });

/** The error that a body tells of; a code unknown here becomes "internal". */
export const errorFromBody = ({ code, message }: ErrorBody): ProverError =>
  new ProverError(code in PROVER_ERRORS ? code : "internal", message);

/** A template as JSON, for the routes and for files. */
export const artifactToBody = (artifact: TemplateArtifact): ArtifactBody => ({
  ...artifact,
  settingsHash: toHex(artifact.settingsHash),
  vkaDigest: toHex(artifact.vkaDigest),
  srsG2: toHex(artifact.srsG2),
  vkaBytes: base64(artifact.vkaBytes),
  onnx: base64(artifact.onnx),
});

/** The template that such JSON holds. */
export const artifactFromBody = (body: ArtifactBody): TemplateArtifact => ({
  ...body,
  settingsHash: fromHex(body.settingsHash),
  vkaDigest: fromHex(body.vkaDigest),
  srsG2: fromHex(body.srsG2),
  vkaBytes: fromBase64(body.vkaBytes),
  onnx: fromBase64(body.onnx),
});

export function templateToBody(state: TemplateState): TemplateBody {
  const { name, status } = state;
  if (state.status === "ready") return { name, status, artifact: artifactToBody(state.template.artifact) };
  return state.status === "failed" ? { name, status, error: errorBody(state.error) } : { name, status };
}

export const modelToBody = ({ modelKey, template, vkaDigest, paramsPoseidon }: ReadyModel): ModelBody => ({
  modelKey,
  template,
  vkaDigest,
  paramsPoseidon: toHex(paramsPoseidon),
});

export const predictionToBody = ({ logits, outputScale, preview }: Prediction): PredictionBody => ({
  logits: logits.map((item) => item.map(String)),
  outputScale,
  preview,
});

export const predictionFromBody = (body: PredictionBody): Prediction => ({
  ...body,
  logits: body.logits.map((item) => item.map(BigInt)),
});

const proofToBody = ({ instances, proof, proveMs, proveCpuMs }: ProofResult): ProofBody => ({
  instances: instances.map(String),
  proof: base64(proof),
  proveMs,
  proveCpuMs,
});

export const proofFromBody = (body: ProofBody): ProofResult => ({
  ...body,
  instances: body.instances.map(BigInt),
  proof: fromBase64(body.proof),
});

/** A job as its client sees it: results only of proofs, for the others are answered at once. */
export function jobToBody(view: JobView): JobBody {
  const { jobId, kind, status, progress, queuedMs, ranMs, error } = view;
  const proof = kind === "prove" && status === "done" ? proofToBody(view.result as ProofResult) : undefined;
  return {
    ...{ jobId, kind, status, progress, queuedMs: Math.round(queuedMs), ranMs: Math.round(ranMs) },
    ...(proof && { proof }),
    ...(error && { error: errorBody(error) }),
  };
}
