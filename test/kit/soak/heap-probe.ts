import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { isMainThread, threadId, type Worker } from "node:worker_threads";
import type { Heap } from "./heaps.ts";

// Loaded by `--import` before the program, in its main thread and in each of its workers: whoever connects to
// a socket is told what every thread of the process still holds after a full collection. Needs --expose-gc.

/** Path of that socket. */
const socket = process.env["ITERUM_TEST_HEAPS"];
/** A thread that is busy answers a little later, one that is starting not at all. */
const ANSWER_MS = 3_000;

type Word = { readonly kind: "measure" } | { readonly kind: "heap"; readonly heap: Heap };

/** The bytes of this thread that are still in use. */
async function measure(): Promise<Heap> {
  if (globalThis.gc === undefined) throw new Error("the program runs without --expose-gc");
  // The second one frees what the first one's finalizers let go, and counts buffers that it swept.
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await nextTurn();
  }
  const { used_heap_size, external_memory } = getHeapStatistics();
  const file = process.argv[1] ?? "";
  const name = isMainThread ? "main" : `${basename(dirname(file))}/${basename(file, ".ts")}`;
  const { arrayBuffers } = process.memoryUsage();
  const bytes = { usedBytes: used_heap_size, externalBytes: external_memory, bufferBytes: arrayBuffers };
  return { name, threadId, ...bytes };
}

/** Between the threads; keeps none of them alive. */
const channel = new BroadcastChannel("iterum heaps");
channel.unref();

function answerMain(): void {
  channel.onmessage = async ({ data }: { data: Word }) => {
    if (data.kind === "measure") channel.postMessage({ kind: "heap", heap: await measure() });
  };
}

/** Asks the workers that live; those that do not answer are not in the list. */
async function allHeaps(workers: ReadonlySet<Worker>): Promise<Heap[]> {
  const heaps: Heap[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ANSWER_MS);
  const asked = workers.size;
  channel.onmessage = ({ data }: { data: Word }) => {
    if (data.kind === "heap") heaps.push(data.heap);
    if (heaps.length === asked) resolve();
  };
  channel.postMessage({ kind: "measure" });
  if (asked > 0) await promise;
  clearTimeout(timer);
  return [await measure(), ...heaps];
}

function serve(path: string): void {
  const workers = new Set<Worker>();
  process.on("worker", (worker: Worker) => {
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  });
  rmSync(path, { force: true });
  createServer(async (peer) => {
    peer.on("error", () => peer.destroy());
    peer.end(JSON.stringify({ threads: workers.size + 1, heaps: await allHeaps(workers) }));
  })
    .listen(path)
    .unref();
}

if (!isMainThread) answerMain();
else if (socket !== undefined) serve(socket);
