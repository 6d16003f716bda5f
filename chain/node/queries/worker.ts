import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { spacesOf } from "#chain/app/modules.ts";
import type { QueryRequest, QueryResult } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { StoreError } from "#chain/store/error.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { openStoreReader, type StoreReader } from "#chain/store/reader.ts";
import { CODE_PANIC } from "#chain/tx/result.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import { editionsOf } from "../editions.ts";
import { type Meter, meteredStore, QUERY_BUDGET, queryMeter } from "./budget.ts";
import { lowerPriority } from "./priority.ts";

/** What the thread is given. */
export interface QueryThread {
  /** Folder of the state, which this process has open for sharing. */
  readonly state: string;
  /** URL of a module with the rules that the program knows; the chain's own without. */
  readonly editions?: string | undefined;
}

/** An answer, or why the state can no longer be trusted. */
export type QueryAnswer =
  | { readonly kind: "answer"; readonly result: QueryResult }
  | { readonly kind: "corrupt"; readonly reason: string };

// A worker thread: takes one QueryRequest at a time and answers it on the version that was committed last.

/** The app over the version committed last; made anew when there is a newer one. */
async function latestApp(
  reader: StoreReader,
  meter: Meter,
  editions: readonly Edition[],
): Promise<() => App> {
  const signatures = await loadVerifier(() => undefined);
  const proofs = {
    verifyAll: () => Promise.reject(new Error("queries judge no proofs")),
    close: async () => undefined,
  };
  let made: { readonly store: NodeStore; readonly app: App } | undefined;
  return () => {
    const store = reader.latest();
    if (made?.store !== store)
      made = { store, app: new App({ store: meteredStore(store, meter), proofs, signatures, editions }) };
    return made.app;
  };
}

function answer(app: () => App, request: QueryRequest): QueryAnswer {
  try {
    const { key, value, ...result } = app().query(request);
    // What is sent takes along the whole memory that it is a view of.
    return { kind: "answer", result: { ...result, key: key.slice(), value: value.slice() } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof StoreError && error.kind === "corrupt") return { kind: "corrupt", reason };
    // A query writes nothing, so even a bug that one meets is no reason to stop the chain.
    const none = new Uint8Array(0);
    const log = `panic: ${reason}`.slice(0, 200);
    return {
      kind: "answer",
      result: { code: CODE_PANIC, codespace: "sdk", log, key: none, value: none, height: 0n },
    };
  }
}

/** Work of this thread so far: a query is not to blame for the time that others have of a busy machine. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function serve(port: MessagePort, { state, editions: url }: QueryThread): Promise<void> {
  lowerPriority();
  const meter = queryMeter(QUERY_BUDGET, cpuMs);
  const editions = await editionsOf(url);
  const app = await latestApp(await openStoreReader(state, { spaces: spacesOf(editions) }), meter, editions);
  port.on("message", (request: QueryRequest) => {
    meter.reset();
    port.postMessage(answer(app, request));
  });
}

if (parentPort === null) throw new Error("this module is the entry point of a worker thread");
await serve(parentPort, workerData as QueryThread);
