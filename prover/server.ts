import type { AddressInfo } from "node:net";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from "fastify";
import { ensure, PROVER_ERRORS, ProverError } from "./errors.ts";
import { Prover, type ProverOptions } from "./prover.ts";
import { addRoutes } from "./routes.ts";
import { clientOf, openToken } from "./token.ts";

const requestTimeoutMs = 30_000;
const connectionsMax = 64;
const loopback: readonly string[] = ["127.0.0.1", "::1", "localhost"];

export interface ProverServerOptions extends Omit<ProverOptions, "logger"> {
  /** Loopback only; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Names of those who may ask, each with a token and a quota of its own; one "operator" unless given. */
  readonly clients?: readonly string[];
  readonly logger?: FastifyBaseLogger;
}

export interface ProverServer {
  /** Base URL without a slash at the end. */
  readonly url: string;
  /** Token of the first client. */
  readonly token: string;
  /** Tokens by client. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly prover: Prover;
  /** Stops jobs, the worker and the server. */
  close(): Promise<void>;
}

/**
 * Starts the prover's sidecar. It answers at once; templates that are not on the disk are made in the
 * background, and `prover.ready()` tells when. Throws ProverError when the host is not loopback or a token
 * file is open to others.
 */
export async function startProver(options: ProverServerOptions): Promise<ProverServer> {
  const { host = "127.0.0.1", clients = ["operator"], logger } = options;
  ensure(loopback.includes(host), "invalid_request", "the prover listens on loopback only");
  ensure(clients.length > 0, "invalid_request", "no client may use the prover");
  const prover = await Prover.open(options);
  const server = newServer(logger);
  try {
    const tokens = new Map<string, string>();
    for (const client of clients) tokens.set(client, await openToken(options.home, client));
    authenticate(server, tokens);
    addRoutes(server, prover);
    await server.listen({ host, port: options.port });
    const { port } = server.server.address() as AddressInfo;
    return {
      url: `http://${host === "::1" ? "[::1]" : host}:${port}`,
      token: tokens.get(clients[0] as string) as string,
      tokens,
      prover,
      close: () => closeBoth(server, prover),
    };
  } catch (error) {
    await closeBoth(server, prover);
    throw error;
  }
}

/** Jobs first, so that the requests that wait for them end; then the server, with idle connections cut. */
async function closeBoth(server: FastifyInstance, prover: Prover): Promise<void> {
  await prover.close();
  await server.close();
}

function newServer(logger: FastifyBaseLogger | undefined): FastifyInstance {
  const server = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
    http: { maxHeaderSize: 8 * 1024 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  server.server.maxConnections = connectionsMax;
  server.removeContentTypeParser("text/plain");
  server.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ error: { code: "invalid_request", message: "no such route" } }),
  );
  server.setErrorHandler<FastifyError | Error>(async (error, request, reply) => {
    const { status, known } = asAnswer(error);
    if (known.code === "internal") request.log.error(error, "request failed");
    return reply.code(status).send({ error: { code: known.code, message: known.message } });
  });
  return server;
}

/** What the client is told: our own errors as they are, of fastify's the status, of others nothing. */
function asAnswer(error: FastifyError | Error): { status: number; known: ProverError } {
  if (error instanceof ProverError && error.code !== "internal")
    return { status: PROVER_ERRORS[error.code], known: error };
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  if (status < 500) return { status, known: new ProverError("invalid_request", error.message) };
  return { status: 500, known: new ProverError("internal", "internal error") };
}

/** Refuses requests without a token before their bodies are read. */
function authenticate(server: FastifyInstance, tokens: ReadonlyMap<string, string>): void {
  server.decorateRequest("proverClient", "");
  server.addHook("onRequest", async (request) => {
    const client = clientOf(request.headers.authorization, tokens);
    if (client === undefined && request.routeOptions.url === "/health") return;
    ensure(client !== undefined, "unauthorized", "a client's token is needed");
    request.proverClient = client;
  });
}
