import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { configure } from "#chain/node/comet-settings.ts";
import { homePaths } from "#chain/node/config.ts";
import { freePort } from "#chain/node/process.ts";

/** What one thread of a process held after a full collection. */
export interface Heap {
  /** The file that the thread runs, or `main`. */
  readonly name: string;
  readonly threadId: number;
  /** Objects that live. */
  readonly usedBytes: number;
  /** What they hold outside the heap, buffers among it. */
  readonly externalBytes: number;
  readonly bufferBytes: number;
}

/** What lived in both processes at a moment. */
export interface Live {
  readonly app: readonly Heap[];
  /** Bytes of CometBFT's heap. */
  readonly comet: number;
}

/** Measures something in a process that was started for it. */
export interface Probe<T> {
  /** Arguments of Node and environment with which the app is started. */
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Collects, then measures; undefined where a process is not there or a thread of it did not answer. */
  read(): Promise<T | undefined>;
}

const PROBE = fileURLToPath(new URL("./heap-probe.ts", import.meta.url));
const PATIENCE_MS = 15_000;

/** Measures each thread of a program of Node; asks it through a socket in that folder. */
export function appProbe(folder: string): Probe<readonly Heap[]> {
  const socket = join(folder, "heaps.sock");
  return {
    flags: ["--expose-gc", `--import=${PROBE}`],
    env: { ITERUM_TEST_HEAPS: socket },
    async read() {
      const peer = connect(socket);
      peer.setTimeout(PATIENCE_MS, () => peer.destroy(new Error("the program does not answer")));
      try {
        const said = JSON.parse(await text(peer)) as { threads: number; heaps: Heap[] };
        return said.heaps.length === said.threads ? said.heaps : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Bytes of CometBFT's heap; undefined where it is not there. */
async function cometHeap(url: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`${url}/debug/pprof/heap?gc=1&debug=1`, { signal });
    const bytes = /^# HeapAlloc = (\d+)$/m.exec(await answer.text())?.[1];
    return bytes === undefined ? undefined : Number(bytes);
  } catch {
    return undefined;
  }
}

/** Prepares a home whose node has not been started yet. */
export async function liveProbe(home: string): Promise<Probe<Live>> {
  const { cometConfig } = homePaths(home);
  const address = `127.0.0.1:${await freePort()}`;
  const config = await readFile(cometConfig, "utf8");
  await writeFile(cometConfig, configure(config, { rpc: { pprof_laddr: address } }));
  const ofApp = appProbe(home);
  return {
    ...ofApp,
    async read() {
      const [app, comet] = await Promise.all([ofApp.read(), cometHeap(`http://${address}`)]);
      return app && comet !== undefined ? { app, comet } : undefined;
    },
  };
}
