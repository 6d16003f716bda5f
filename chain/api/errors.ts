/** Codes of gRPC with the HTTP status that grpc-gateway gives for each. */
const grpcCodes = {
  canceled: [1, 408],
  unknown: [2, 500],
  invalidArgument: [3, 400],
  deadlineExceeded: [4, 504],
  notFound: [5, 404],
  alreadyExists: [6, 409],
  permissionDenied: [7, 403],
  resourceExhausted: [8, 429],
  failedPrecondition: [9, 400],
  aborted: [10, 409],
  outOfRange: [11, 400],
  unimplemented: [12, 501],
  internal: [13, 500],
  unavailable: [14, 503],
  dataLoss: [15, 500],
  unauthenticated: [16, 401],
} as const;
export type GrpcCodeName = keyof typeof grpcCodes;

/** What a caller is told who gets no answer: a code of gRPC, its HTTP status, a text without secrets. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: GrpcCodeName;
  readonly grpcCode: number;
  readonly httpStatus: number;

  constructor(kind: GrpcCodeName, message: string) {
    super(message);
    this.kind = kind;
    [this.grpcCode, this.httpStatus] = grpcCodes[kind];
  }
}

/** The HTTP status that stands for another one's gRPC code, for errors that HTTP itself gives. */
export const kindOfStatus = (status: number): GrpcCodeName =>
  status === 404 || status === 405
    ? "unimplemented"
    : status === 429
      ? "resourceExhausted"
      : status === 503
        ? "unavailable"
        : status < 500
          ? "invalidArgument"
          : "internal";

/** Codes of the app that do not speak of what was asked for: (codespace, code). */
const appCodes: ReadonlyMap<string, GrpcCodeName> = new Map([
  ["sdk 6", "unimplemented"], // no such query path
  ["sdk 26", "invalidArgument"], // a height that this node does not keep
  ["sdk 111222", "internal"],
  ["query 2", "resourceExhausted"], // reads too much
  ["query 3", "resourceExhausted"], // takes too long
  ["query 4", "unavailable"], // too many at once
]);

const pascal = (kind: string): string => `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
const kindsByName: ReadonlyMap<string, GrpcCodeName> = new Map(
  (Object.keys(grpcCodes) as GrpcCodeName[]).map((kind) => [pascal(kind), kind]),
);

/**
 * What the app's refusal of a query is in gRPC. A log that names a code itself has that one; what is said
 * not to exist is not found; the rest is the caller's mistake.
 */
export function errorOfApp(codespace: string, code: number, log: string): ApiError {
  const named = kindsByName.get(/^rpc error: code = (\w+)/.exec(log)?.[1] ?? "");
  const isMissing = /^no such |\bnot found\b/.test(log);
  const kind = appCodes.get(`${codespace} ${code}`) ?? named ?? (isMissing ? "notFound" : "invalidArgument");
  return new ApiError(kind, log);
}
