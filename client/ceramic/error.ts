export type CeramicErrorCode =
  | "malformed"
  | "blockTooLarge"
  | "badSignature"
  | "badCapability"
  | "wrongIssuer"
  | "wrongAudience"
  | "notCovered"
  | "notYetValid"
  | "expired";

/** An event, capability or identifier that is malformed or not allowed; `code` says how. */
export class CeramicError extends Error {
  override readonly name = "CeramicError";
  readonly code: CeramicErrorCode;

  constructor(code: CeramicErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws CeramicError unless the condition holds. */
export function ensure(condition: boolean, code: CeramicErrorCode, message: string): asserts condition {
  if (!condition) throw new CeramicError(code, message);
}
