/** What can go wrong in the prover, each with its HTTP status. */
export const PROVER_ERRORS = {
  invalid_request: 400,
  invalid_onnx: 400,
  graph_mismatch: 400,
  zero_weight: 400,
  invalid_input: 400,
  unauthorized: 401,
  unknown_template: 404,
  unknown_model: 404,
  unknown_job: 404,
  canceled: 409,
  busy: 429,
  quota_exceeded: 429,
  ezkl_failed: 422,
  proof_invalid: 422,
  invalid_srs: 422,
  settings_mismatch: 422,
  unreachable: 502,
  worker_crashed: 503,
  worker_unavailable: 503,
  timeout: 504,
  memory_limit: 507,
  storage_full: 507,
  corrupt_artifact: 500,
  internal: 500,
} as const;

export type ProverErrorCode = keyof typeof PROVER_ERRORS;

/** A refusal or failure of the prover; the code is stable, the message is for people. */
export class ProverError extends Error {
  override name = "ProverError";
  readonly code: ProverErrorCode;

  constructor(code: ProverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws a ProverError of this code unless the condition holds. */
export function ensure(condition: unknown, code: ProverErrorCode, message: string): asserts condition {
  if (!condition) throw new ProverError(code, message);
}

/** Any thrown value as a ProverError: one of another kind becomes "internal" and keeps its cause. */
export function toProverError(error: unknown): ProverError {
  if (error instanceof ProverError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ProverError("internal", message, { cause: error });
}
