import { statfsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Counter, Gauge, Registry } from "prom-client";
import type { Asker } from "./asking.ts";
import { healthy, type Reading, ready, type Verdict } from "./health.ts";
import { processMetrics } from "./metrics/process-metrics.ts";
import { peersOf, statusOf } from "./status.ts";

/** What the monitor of a node is given. */
export interface MonitorOptions {
  /** `host:port`; port 0 for any free one. */
  readonly listen: string;
  readonly rpcUrl: string;
  /** Age of the last block at which the node is no longer ready. */
  readonly readyAgeMaxMs: number;
  /** A way to ask the app that runs now. */
  readonly ask: () => Asker | undefined;
  readonly restarts: () => number;
  /** The node's home, whose disk is watched. */
  readonly home: string;
  readonly version: string;
  readonly nowMs?: () => number;
}

/** Serves `/metrics`, `/health` and `/ready` of a node, outside the processes it tells of. */
export interface Monitor {
  readonly url: string;
  close(): Promise<void>;
}

/** How long the app may take to answer: the longest block is shorter. */
const ASK_MS = 5_000;
const CONNECTIONS_MAX = 64;
const REQUEST_MS = 10_000;

/** Looks at both processes; who does not answer is absent. */
async function look({ rpcUrl, ask, nowMs = Date.now }: MonitorOptions): Promise<Reading> {
  const asked = ask()?.("ping", ASK_MS);
  const [app, status, peers] = await Promise.allSettled([asked, statusOf(rpcUrl, ASK_MS), peersOf(rpcUrl)]);
  const pong =
    app.status === "fulfilled" ? (app.value as { readonly height: string } | undefined) : undefined;
  return {
    ...(pong && { app: { height: BigInt(pong.height) } }),
    ...(status.status === "fulfilled" && {
      comet: { ...status.value, peers: peers.status === "fulfilled" ? peers.value : 0 },
    }),
    nowMs: nowMs(),
  };
}

/** One look at a time: whoever asks meanwhile is told what it finds. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** The metrics of the node as a whole, from one look at it. */
function nodeMetrics(options: MonitorOptions): (reading: Reading) => Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const up = new Gauge({
    ...{
      name: "iterum_up",
      help: "1 where the process answers.",
      labelNames: ["process"] as const,
      registers,
    },
  });
  const isReady = gauge("iterum_ready", "1 where the node is ready.");
  const height = gauge("iterum_height", "Height of CometBFT's last block.");
  const age = gauge("iterum_block_age_seconds", "Age of the last block.");
  const catchingUp = gauge("iterum_catching_up", "1 while the node fetches old blocks.");
  const peers = gauge("iterum_peers", "Peers the node is connected to.");
  const free = gauge("iterum_disk_free_bytes", "Free bytes on the disk of the home.");
  const restarts = new Counter({
    ...{ name: "iterum_restarts_total", help: "How often both processes were started again.", registers },
  });
  new Gauge({
    ...{ name: "iterum_build_info", help: "The version that runs.", registers },
    labelNames: ["version"] as const,
  }).set({ version: options.version }, 1);
  processMetrics(registry, "iterum_supervisor");
  return (reading) => {
    const { app, comet, nowMs } = reading;
    up.set({ process: "app" }, app ? 1 : 0);
    up.set({ process: "cometbft" }, comet ? 1 : 0);
    isReady.set(ready(reading, options.readyAgeMaxMs).holds ? 1 : 0);
    // What is not known is not told: a gap in a graph, not a zero.
    for (const each of [height, age, catchingUp, peers]) each.remove();
    if (comet) {
      height.set(Number(comet.height));
      catchingUp.set(comet.isCatchingUp ? 1 : 0);
      peers.set(comet.peers);
      if (comet.height > 0n) age.set((nowMs - comet.blockMs) / 1000);
    }
    const { bavail, bsize } = statfsSync(options.home);
    free.set(bavail * bsize);
    restarts.reset();
    restarts.inc(options.restarts());
    return registry.metrics();
  };
}

function sendVerdict(response: ServerResponse, { holds, reasons }: Verdict, reading: Reading): void {
  const { app, comet } = reading;
  const body = {
    ...{ status: holds ? "ok" : "failing", reasons },
    ...{ appHeight: app && String(app.height), height: comet && String(comet.height) },
    ...{ catchingUp: comet?.isCatchingUp, peers: comet?.peers },
  };
  response.writeHead(holds ? 200 : 503, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Starts to serve; rejects when the address is not to be had. */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  const reading = shared(() => look(options));
  const metrics = nodeMetrics(options);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://node").pathname;
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
    } else if (path === "/health") {
      const seen = await reading();
      sendVerdict(response, healthy(seen), seen);
    } else if (path === "/ready") {
      const seen = await reading();
      sendVerdict(response, ready(seen, options.readyAgeMaxMs), seen);
    } else if (path === "/metrics") {
      const ofApp = options.ask()?.("metrics", ASK_MS) ?? Promise.resolve("");
      const [own, app] = await Promise.all([reading().then(metrics), ofApp.catch(() => "")]);
      response.writeHead(200, { "content-type": Registry.PROMETHEUS_CONTENT_TYPE });
      response.end(`${own}${String(app)}`);
    } else {
      response.writeHead(404, { "content-type": "text/plain" }).end("/metrics, /health, /ready\n");
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.requestTimeout = REQUEST_MS;
  const at = options.listen.lastIndexOf(":");
  const host = options.listen.slice(0, at).replace(/^\[|\]$/g, "");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(options.listen.slice(at + 1)), host, resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  return {
    url: `http://${options.listen.slice(0, at)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
