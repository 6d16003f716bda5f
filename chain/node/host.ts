import { dirname, join } from "node:path";
import type { Application } from "#chain/abci/application.ts";
import { abciApplication } from "#chain/abci/handlers.ts";
import { type AbciAddress, startAbciServer } from "#chain/abci/server.ts";
import { spacesOf } from "#chain/app/modules.ts";
import type { AppOptions, QueryRequest, QueryResult } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { openShelf } from "#chain/store/shelf.ts";
import type { StoreOptions } from "#chain/store/store.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import { startSignaturePool } from "#chain/verify/signature-pool.ts";
import {
  ResponseApplySnapshotChunk_Result,
  ResponseOfferSnapshot_Result,
  ResponseQuery,
} from "#proto/gen/tendermint/abci.ts";
import type { AppMessage } from "./app-child.ts";
import { answerStarter } from "./asking.ts";
import { editionsOf } from "./editions.ts";
import { type Halt, haltCodes } from "./exit.ts";
import type { AppMetrics } from "./metrics/app-metrics.ts";
import { type QueryService, startQueries } from "./queries/service.ts";
import { asksForTx, txLookup } from "./queries/tx-lookup.ts";

/** Where the app's process writes what it does; pino fits. */
export interface HostLog {
  info(fields: object, text: string): void;
  warn(fields: unknown, text: string): void;
}

/** What a node keeps of the past, and whether it serves those that come later. */
export interface StorageOptions {
  /** How many of the last versions queries can reach; 2 at least. */
  readonly keepRecent: number;
  /** Every so many-th version for good; 0 for none. */
  readonly keepEvery: number;
  /** A snapshot of every so many-th height, in the folder `snapshots` beside the state; 0 for none. */
  readonly snapshotEvery: number;
  /** How many snapshots are kept; 2 by default. */
  readonly snapshotsKept?: number;
}

const STORAGE: StorageOptions = { keepRecent: 100, keepEvery: 0, snapshotEvery: 0 };

export interface HostOptions {
  /** Folder of the state. */
  readonly state: string;
  readonly address: AbciAddress;
  /** The node's version, for people. */
  readonly version: string;
  /** What the app is given besides what this process has itself. */
  readonly app: Omit<AppOptions, "store" | "signatures" | "warn" | "editions">;
  /** URL of a module whose `editions` are the rules that this program knows, in place of the chain's own. */
  readonly editions?: string;
  /** Threads that answer queries. */
  readonly queryThreads?: number;
  readonly storage?: StorageOptions;
  /** Bounds of what the state keeps in memory, bytes; by default those of the store. */
  readonly caches?: Pick<StoreOptions, "entryCacheBytes" | "nodeCacheBytes">;
  readonly log: HostLog;
  /** RPC of the node's CometBFT, which finds the transactions that queries ask for. */
  readonly rpcUrl?: string;
  /** Counts and times what the application does. */
  readonly metrics?: AppMetrics;
  /** Told of each chunk of a snapshot that the state is restored from. */
  readonly onRestoring?: (taken: number, chunks: number) => void;
}

/** Tells the process that started this one; resolves when it is on its way. */
export const tellStarter = (message: AppMessage | { readonly kind: string }): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });

/** Resolves when this process is asked to stop: by SIGTERM, or by the end of the process that started it. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve();
    process.once("SIGTERM", stop).once("disconnect", stop);
    // A terminal sends Ctrl-C to the whole group: the starter decides when this process ends.
    if (process.send) process.on("SIGINT", () => undefined);
    else process.once("SIGINT", stop);
  });
}

/**
 * The application with queries answered by threads of their own. Before block 1 there is nothing on the disk:
 * the app answers itself then.
 */
function applicationOf(app: App, { version, rpcUrl }: HostOptions, queries: QueryService): Application {
  const findTx = rpcUrl === undefined ? undefined : txLookup(rpcUrl);
  const answer = async (request: QueryRequest): Promise<QueryResult> => {
    const { height } = app.info();
    if (height === 0n) return app.query(request);
    return findTx && asksForTx(request) ? findTx(request, height) : queries.answer(request);
  };
  return {
    ...abciApplication(app, version),
    query: async (request) => ({ ...ResponseQuery.zero(), ...(await answer(request)) }),
  };
}

/** The application, telling of each chunk that a snapshot's restoration takes. */
function tellRestoring(app: Application, tell: HostOptions["onRestoring"]): Application {
  if (tell === undefined) return app;
  let [taken, chunks] = [0, 0];
  return {
    ...app,
    async offerSnapshot(request) {
      const answer = await app.offerSnapshot(request);
      if (answer.result === ResponseOfferSnapshot_Result.ACCEPT) {
        [taken, chunks] = [0, request.snapshot?.chunks ?? 0];
        tell(taken, chunks);
      }
      return answer;
    },
    async applySnapshotChunk(request) {
      const answer = await app.applySnapshotChunk(request);
      if (answer.result === ResponseApplySnapshotChunk_Result.ACCEPT) tell(++taken, chunks);
      return answer;
    },
  };
}

/**
 * Runs the application over its state and its socket until this process is asked to stop. Rejects with what
 * the app or the store threw; its state on disk is whole then as well.
 */
export async function hostApp(options: HostOptions): Promise<void> {
  const { state, address, log, app: given, queryThreads = 1, caches } = options;
  const { snapshotEvery: every, snapshotsKept: keep = 2, ...kept } = options.storage ?? STORAGE;
  const stop = stopRequest();
  const warn = (text: string): void => log.warn({}, text);
  const editions = await editionsOf(options.editions);
  const spaces = spacesOf(editions);
  const store = await openDiskStore(state, { spaces, shared: true, ...kept, ...caches });
  const snapshots = openShelf({ folder: join(dirname(state), "snapshots"), store, every, keep, warn });
  const queries = startQueries({ state, editions: options.editions, threads: queryThreads });
  const signaturePool = startSignaturePool({ warn });
  try {
    // Of the process, not of the day: nobody's change of the clock ages what waits.
    const nowMs = (): number => performance.now();
    const signatures = await loadVerifier(warn);
    const app = new App({ store, snapshots, warn, nowMs, signatures, signaturePool, editions, ...given });
    // Rather not begin than stop at the first block.
    app.eve();
    const failed = Promise.withResolvers<never>();
    const plain = tellRestoring(applicationOf(app, options, queries), options.onRestoring);
    const application =
      options.metrics?.measured(plain, {
        height: () => store.height,
        waiting: () => app.waiting(),
        usage: () => store.usage(),
      }) ?? plain;
    const silence = answerStarter({
      ping: () => ({ height: String(app.info().height) }),
      metrics: async () => (await options.metrics?.text()) ?? "",
    });
    const server = await startAbciServer({
      application,
      address,
      onFailure: failed.reject,
      onProtocolError: (error) => log.warn(error, "a connection broke the protocol"),
    });
    try {
      const height = String(app.info().height);
      log.info({ height, address: server.address }, "listening");
      await tellStarter({ kind: "listening", height });
      await Promise.race([stop, failed.promise]);
      log.info({ height: String(app.info().height) }, "stopped");
    } finally {
      silence();
      await server.close();
    }
  } finally {
    await queries.close();
    await signaturePool.close();
    await snapshots.close();
    await store.close();
  }
}

/** Says a last word to the process that started this one; gives the exit code to end with. */
export async function lastWord(halt: Halt | undefined): Promise<number> {
  if (halt === undefined) return 1;
  await tellStarter({ kind: "halted", ...halt });
  return haltCodes[halt.cause];
}

/** Lets go of the channel to the starter, which would keep this process alive. */
export function leaveStarter(): void {
  if (process.connected) process.disconnect();
}
