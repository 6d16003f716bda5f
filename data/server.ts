import type { AddressInfo } from "node:net";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from "fastify";
import { CeramicError } from "#client/ceramic/error.ts";
import { createVerifier } from "#client/ceramic/verify.ts";
import { DataError, type DataErrorCode } from "./errors.ts";
import { DATA_LIMITS, type DataLimits } from "./limits.ts";
import { openLog } from "./log.ts";
import { addRoutes } from "./routes.ts";

export interface DataNodeOptions {
  /** Folder of the log; made when missing, held by one process at a time. */
  readonly path: string;
  /** Loopback unless given. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Milliseconds since 1970, against which capabilities are checked. */
  readonly clock: () => number;
  readonly limits?: Partial<DataLimits>;
  readonly logger?: FastifyBaseLogger;
  /** Which members (did:pkh) may store events; all when absent. */
  readonly admit?: (controller: string) => boolean;
}

export interface DataNode {
  /** Base URL without a slash at the end. */
  readonly url: string;
  /** Finishes running requests, then closes the log. */
  readonly close: () => Promise<void>;
}

/** Starts the node: opens its log and listens. */
export async function startDataNode(options: DataNodeOptions): Promise<DataNode> {
  const limits: DataLimits = { ...DATA_LIMITS, ...options.limits };
  const log = await openLog(options.path, limits);
  const server = newServer(limits, options.logger);
  addRoutes(server, {
    log,
    limits,
    verifier: createVerifier(),
    clock: options.clock,
    admit: options.admit ?? (() => true),
  });
  const host = options.host ?? "127.0.0.1";
  try {
    await server.listen({ host, port: options.port });
  } catch (error) {
    await log.close();
    throw error;
  }
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async close() {
      await server.close();
      await log.close();
    },
  };
}

function newServer(limits: DataLimits, logger: FastifyBaseLogger | undefined): FastifyInstance {
  const server = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: 2 * limits.requestTimeoutMs,
    keepAliveTimeout: limits.requestTimeoutMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 128 },
    http: { maxHeaderSize: 8 * 1024 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  server.removeContentTypeParser("text/plain");
  server.server.maxConnections = limits.connectionsMax;
  server.addHook("onRequest", async (request) => {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity")
      throw new DataError("unsupportedMediaType", "compressed bodies are not read");
  });
  server.setNotFoundHandler(async () => {
    throw new DataError("notFound", "no such route");
  });
  server.setErrorHandler<FastifyError | Error>(async (error, request, reply) => {
    const known = asDataError(error);
    if (known.code === "internal") request.log.error(error, "request failed");
    return reply.code(known.status).send({ code: known.code, message: known.message });
  });
  return server;
}

/** What the client is told: our own errors as they are, of fastify's the status, of others nothing. */
function asDataError(error: FastifyError | Error): DataError {
  if (error instanceof DataError) return error;
  if (error instanceof CeramicError) return new DataError("badEvent", `${error.code}: ${error.message}`);
  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status === undefined || status >= 500) return new DataError("internal", "internal error");
  return new DataError(BY_STATUS.get(status) ?? "badRequest", error.message);
}

const BY_STATUS: ReadonlyMap<number, DataErrorCode> = new Map([
  [413, "tooLarge"],
  [415, "unsupportedMediaType"],
]);
