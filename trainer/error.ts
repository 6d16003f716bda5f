export type TrainerErrorCode = "data" | "vocabulary" | "architecture" | "request" | "model" | "onnx";

/**
 * Refusal of a data file (data; `line` counts from 1), of rows that give no vocabulary, of an architecture,
 * of a training request, of a model or of an ONNX file.
 */
export class TrainerError extends Error {
  override readonly name = "TrainerError";
  readonly code: TrainerErrorCode;
  readonly line: number | undefined;
  constructor(code: TrainerErrorCode, message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.code = code;
    this.line = line;
  }
}

/** Throws a TrainerError of this code unless the condition holds. */
export function ensureTrainer(
  condition: boolean,
  code: TrainerErrorCode,
  message: string,
): asserts condition {
  if (!condition) throw new TrainerError(code, message);
}
