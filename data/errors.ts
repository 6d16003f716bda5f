/** Every error of the node with its HTTP status; `README.md` says when each is raised. */
export const dataErrors = {
  badRequest: 400,
  badEvent: 400,
  unknownStream: 400,
  unknownPrev: 400,
  notAdmitted: 403,
  quotaExceeded: 403,
  notFound: 404,
  fork: 409,
  tooLarge: 413,
  unsupportedMediaType: 415,
  internal: 500,
  busy: 503,
  full: 507,
} as const;

export type DataErrorCode = keyof typeof dataErrors;

/** A request that the node refuses; `status` is the HTTP status of its code. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code: DataErrorCode;
  readonly status: number;

  constructor(code: DataErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = dataErrors[code];
  }
}

/** Throws DataError unless the condition holds. */
export function ensureData(condition: boolean, code: DataErrorCode, message: string): asserts condition {
  if (!condition) throw new DataError(code, message);
}
