import type { AddressInfo } from "node:net";
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Rpc } from "#chain/proto/codec.ts";
import { toJson } from "#chain/proto/json.ts";
import { anyType } from "./any-types.ts";
import { type Backend, backendOf } from "./backend.ts";
import { cometRpc } from "./comet.ts";
import { readComments } from "./comments.ts";
import { ApiError, kindOfStatus } from "./errors.ts";
import { startGrpc } from "./grpc.ts";
import { guard } from "./guard.ts";
import { API_LIMITS, type ApiLimits } from "./limits.ts";
import { openApi } from "./openapi.ts";
import { jsonOfBody, requestOfBody, requestOfTexts, type Texts } from "./request.ts";
import type { Route } from "./route.ts";
import { cosmosRoutes } from "./routes/cosmos.ts";
import { iterumRoutes } from "./routes/iterum.ts";

const HEIGHT_HEADER = "x-cosmos-block-height";
/** When a caller that found no room may come again, seconds. */
const RETRY_AFTER_S = "1";

export interface ApiOptions {
  /** URL of the RPC of the CometBFT node that answers. */
  readonly rpc: string;
  /** Loopback unless given. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The program's version, for people. */
  readonly version: string;
  /** Web pages that may call: origins, or "*" for all, which is the default. */
  readonly origins?: readonly string[] | "*";
  /** Most requests of one address in a minute; no bound unless given. */
  readonly perMinuteMax?: number;
  /** Where the same calls are answered over gRPC, without TLS; nowhere unless given. */
  readonly grpc?: { readonly host: string; readonly port: number };
  readonly limits?: Partial<ApiLimits>;
  readonly logger?: FastifyBaseLogger;
}

/** A running interface. */
export interface Api {
  /** Base URL without a slash at the end. */
  readonly url: string;
  /** Port of gRPC, where it is served. */
  readonly grpcPort?: number;
  /** Finishes running requests and stops. */
  close(): Promise<void>;
}

/** Every route of the interface. */
export const apiRoutes: readonly Route[] = [...cosmosRoutes, ...iterumRoutes];

/** Starts the REST interface of a node: it speaks to that node's RPC alone, so it may run anywhere. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const limits: ApiLimits = { ...API_LIMITS, ...options.limits };
  const { host = "127.0.0.1", port, perMinuteMax, origins = "*" } = options;
  const server = newServer(limits, options.logger);
  const backend = backendOf(cometRpc(options.rpc, limits));
  await server.register(cors, {
    origin: origins === "*" ? "*" : [...origins],
    methods: ["GET", "POST"],
    exposedHeaders: [HEIGHT_HEADER, "retry-after"],
  });
  if (perMinuteMax !== undefined)
    await server.register(rateLimit, { max: perMinuteMax, timeWindow: "1 minute" });
  await addDocument(server, options.version);
  for (const route of apiRoutes) addRoute(server, backend, route);
  await server.listen({ host, port });
  const grpc = options.grpc && (await serveGrpc(server, backend, limits, options.grpc));
  const { port: actual } = server.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    ...(grpc && { grpcPort: grpc.port }),
    close: async () => {
      await grpc?.close();
      await server.close();
    },
  };
}

/** The same calls over gRPC; ends what runs already when it cannot listen. */
async function serveGrpc(
  server: FastifyInstance,
  backend: Backend,
  { bodyBytesMax: bytesMax, concurrentMax, timeoutMs }: ApiLimits,
  address: NonNullable<ApiOptions["grpc"]>,
): ReturnType<typeof startGrpc> {
  const calls = [...new Set(apiRoutes.map(({ rpc }) => rpc))];
  try {
    return await startGrpc({ backend, calls, bytesMax, concurrentMax, timeoutMs, ...address });
  } catch (error) {
    await server.close();
    throw error;
  }
}

function newServer(limits: ApiLimits, logger: FastifyBaseLogger | undefined): FastifyInstance {
  const server = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.timeoutMs,
    connectionTimeout: 2 * limits.timeoutMs,
    keepAliveTimeout: limits.timeoutMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: true },
    http: { maxHeaderSize: 16 * 1024 },
  });
  server.server.maxConnections = limits.connectionsMax;
  server.removeAllContentTypeParsers();
  // Wallets do not always say that what they send is JSON.
  server.addContentTypeParser("*", { parseAs: "string" }, (_, body, done) => {
    try {
      done(null, jsonOfBody(body as string, limits.depthMax));
    } catch (error) {
      done(error as Error);
    }
  });
  guard(server, limits);
  server.setNotFoundHandler(() => {
    throw new ApiError("unimplemented", "Not Implemented");
  });
  server.setErrorHandler<FastifyError | Error>((error, request, reply) => {
    const { grpcCode, httpStatus, kind, message } = asApiError(error);
    if (kind === "internal") request.log.error(error, "request failed");
    if (kind === "unavailable") reply.header("retry-after", RETRY_AFTER_S);
    return reply.code(httpStatus).send({ code: grpcCode, message, details: [] });
  });
  return server;
}

/** What the caller is told: our own errors as they are, of HTTP's the status, of others nothing. */
function asApiError(error: FastifyError | Error): ApiError {
  if (error instanceof ApiError) return error;
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  return new ApiError(kindOfStatus(status), status < 500 ? error.message : "internal error");
}

/** The OpenAPI document at /openapi.json, and a page to read and try it at /docs. */
async function addDocument(server: FastifyInstance, version: string): Promise<void> {
  const document = openApi(apiRoutes, readComments(), version);
  server.get("/openapi.json", async () => document);
  type Document = NonNullable<Parameters<typeof swagger>[1]>;
  const specification = { document } as unknown;
  await server.register(swagger, { mode: "static", specification } as Document);
  const theme = { title: "Iterum: queries of a node" };
  await server.register(swaggerUi, { routePrefix: "/docs", staticCSP: true, theme, logo: LOGO });
  server.get("/", (_, reply) => reply.redirect("/docs"));
}

/** The name of the chain's program in place of a picture. */
const LOGO = {
  type: "image/svg+xml",
  content: Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><text x="0" y="28" fill="#fff"
    font-family="sans-serif" font-size="26" font-weight="bold">Iterum</text></svg>`,
  ),
};

/** The height that a caller asks for; 0 for the latest. */
function heightOf(request: FastifyRequest): bigint {
  const text = request.headers[HEIGHT_HEADER] ?? "0";
  if (typeof text !== "string" || !/^[0-9]{1,18}$/.test(text))
    throw new ApiError("invalidArgument", `${HEIGHT_HEADER} is a height`);
  return BigInt(text);
}

function textsOf({ params, query }: FastifyRequest): Texts {
  const inQuery = Object.entries(query as Readonly<Record<string, string | readonly string[]>>);
  const all = [...inQuery, ...Object.entries(params as Readonly<Record<string, string>>)];
  return all.flatMap(([name, value]) => [value].flat().map((text) => [name, text] as const));
}

const fastifyPath = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

function addRoute(server: FastifyInstance, backend: Backend, { method, path, rpc }: Route): void {
  server.route({
    method,
    url: fastifyPath(path),
    handler: async (request, reply) => {
      const asked =
        method === "POST"
          ? requestOfBody(rpc.request, request.body)
          : requestOfTexts(rpc.request, textsOf(request));
      return answer(backend, rpc, asked, heightOf(request), reply);
    },
  });
}

async function answer(
  backend: Backend,
  rpc: Rpc<unknown, unknown>,
  asked: unknown,
  height: bigint,
  reply: FastifyReply,
): Promise<unknown> {
  const { message, height: at } = await backend.ask(rpc, asked, height);
  if (at > 0n) reply.header(HEIGHT_HEADER, `${at}`).header(`grpc-metadata-${HEIGHT_HEADER}`, `${at}`);
  return toJson(rpc.response, message, { protoNames: true, anyType, nulls: true });
}
