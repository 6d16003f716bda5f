import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Rpc } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import type { Backend } from "./backend.ts";
import { ApiError } from "./errors.ts";

const HEIGHT_HEADER = "x-cosmos-block-height";

export interface GrpcOptions {
  readonly backend: Backend;
  /** Every call that is answered. */
  readonly calls: readonly Rpc<unknown, unknown>[];
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Bytes of a request. */
  readonly bytesMax: number;
  /** Calls that are worked on at once; the others are told to come again. */
  readonly concurrentMax: number;
  /** For a call to arrive and be answered; at the end, what still runs is cut off after that long. */
  readonly timeoutMs: number;
}

/** Calls of one connection at once. */
const STREAMS_MAX = 32;
/** After that long a connection is closed: one without calls, and any, so that none is kept for good. */
const IDLE_MS = 60_000;
const AGE_MS = 10 * 60_000;

/** The call's error as gRPC has it; of a bug nothing is told. */
function refusal(error: unknown): { readonly code: number; readonly details: string } {
  const known =
    error instanceof ApiError
      ? error
      : error instanceof DecodeError
        ? new ApiError("invalidArgument", error.message)
        : new ApiError("internal", "internal error");
  return { code: known.grpcCode, details: known.message };
}

function heightOf(metadata: Metadata): bigint {
  const [text = "0"] = metadata.get(HEIGHT_HEADER);
  if (typeof text !== "string" || !/^[0-9]{1,18}$/.test(text))
    throw new ApiError("invalidArgument", `${HEIGHT_HEADER} is a height`);
  return BigInt(text);
}

/** Answers calls from the bytes of their requests; knows nothing of what they mean. */
function handlers({
  backend,
  concurrentMax,
}: GrpcOptions): (path: string) => handleUnaryCall<Buffer, Buffer> {
  let working = 0;
  return (path) => async (call, done) => {
    try {
      if (working >= concurrentMax) throw new ApiError("unavailable", "too many requests at once");
      const asked = heightOf(call.metadata);
      working += 1;
      const answer = backend.askBytes(path, call.request, asked);
      const { value, height } = await answer.finally(() => {
        working -= 1;
      });
      const trailer = new Metadata();
      if (height > 0n) trailer.set(HEIGHT_HEADER, `${height}`);
      done(null, Buffer.from(value), trailer);
    } catch (error) {
      done(refusal(error));
    }
  };
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** Starts to answer calls over gRPC without TLS; gives the port and a way to stop. */
export async function startGrpc(
  options: GrpcOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { calls, host, port, bytesMax, timeoutMs } = options;
  const server = new Server({
    "grpc.max_receive_message_length": bytesMax,
    "grpc.max_concurrent_streams": STREAMS_MAX,
    "grpc.max_connection_idle_ms": IDLE_MS,
    "grpc.max_connection_age_ms": AGE_MS,
    "grpc.max_connection_age_grace_ms": timeoutMs,
  });
  const handler = handlers(options);
  const plain = { requestStream: false, responseStream: false } as const;
  const both = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  const definition: ServiceDefinition = Object.fromEntries(
    calls.map(({ path }) => [path, { path, ...plain, ...both }]),
  );
  const service: UntypedServiceImplementation = Object.fromEntries(
    calls.map(({ path }) => [path, handler(path)]),
  );
  server.addService(definition, service);
  const at = host.includes(":") ? `[${host}]` : host;
  const actual = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${at}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port: actual,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.forceShutdown(), timeoutMs);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}
