import { toHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import { CODE_PANIC } from "#chain/tx/result.ts";
import type { Request } from "#proto/gen/tendermint/abci.ts";
import { connectPeer, inFolder } from "#test/chain/abci/kit.ts";
import { hostileQueries } from "#test/chain/node/hostile-queries.ts";
import { people } from "./accounts.ts";
import { Consensus } from "./consensus.ts";
import { startApp } from "./node.ts";

/** What became of hostile queries. */
export interface QueryReport {
  readonly answers: number;
  /** By codespace and code. */
  readonly codes: Readonly<Record<string, number>>;
  /** The longest wait for a bundle of 64, milliseconds. */
  readonly slowestMs: number;
  readonly height: bigint;
}

const BUNDLE = 64;
const BUNDLES_PER_BLOCK = 50;

/**
 * Asks an app's process so many hostile queries over its socket while blocks go on, whose hashes must be
 * those of an undisturbed app. Throws where a query has no answer or meets a bug.
 */
export const attackQueries = (seed: string, count: number): Promise<QueryReport> =>
  inFolder(async (home) => {
    const consensus = new Consensus({ members: people("m1"), others: people("ann") }, "no beacon");
    const app = await startApp(home);
    const address = `unix://${homePaths(home).socket}`;
    const [blocks, queries] = [await connectPeer(address), await connectPeer(address)];
    const codes: Record<string, number> = {};
    let [answers, slowestMs] = [0, 0];
    const ask = async (bundle: readonly Partial<Request>[]): Promise<void> => {
      const startMs = performance.now();
      queries.send(...bundle);
      for (const { query } of await queries.receive(bundle.length)) {
        if (query === undefined) throw new Error("a query was not answered");
        if (query.code === CODE_PANIC) throw new Error(`a query met a bug: ${query.log}`);
        const name = `${query.codespace}/${query.code}`;
        codes[name] = (codes[name] ?? 0) + 1;
        answers++;
      }
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
    };
    try {
      await consensus.handshake(blocks);
      for (let i = 0; i < 3; i++) await consensus.advance(blocks, []);
      let bundle: Partial<Request>[] = [];
      let bundles = 0;
      for (const { path, data, height, prove = false } of hostileQueries(seed, count)) {
        bundle.push({ query: { path, data, height, prove } });
        if (bundle.length < BUNDLE) continue;
        const block = ++bundles % BUNDLES_PER_BLOCK === 0 ? consensus.advance(blocks, []) : undefined;
        await Promise.all([ask(bundle), block]);
        bundle = [];
      }
      await ask(bundle);
    } finally {
      queries.close();
      blocks.close();
      await app.stop(10_000);
    }
    return { answers, codes, slowestMs, height: consensus.height };
  });

/** What became of requests over HTTP. */
export interface LoadReport {
  readonly answered: number;
  readonly failed: number;
  /** Due, and not sent, for too many were under way. */
  readonly heldBack: number;
}

/** Requests over HTTP at a steady pace. */
export interface Load {
  stop(): Promise<LoadReport>;
}

const TICK_MS = 10;
/** What a machine too slow for the pace has under way at most: more would fill this process's memory. */
const UNDER_WAY_MAX = 2_000;

/** Addresses of hostile queries at a node's RPC, without end. */
function* queryUrls(rpcUrl: string, seed: string): Generator<string> {
  for (const { path, data, height, prove } of hostileQueries(seed, Number.MAX_SAFE_INTEGER)) {
    const query = new URLSearchParams({
      path: JSON.stringify(path),
      data: `0x${toHex(data)}`,
      height: String(height),
      prove: String(prove ?? false),
    });
    yield `${rpcUrl}/abci_query?${query}`;
  }
}

/** Asks a node's RPC so many hostile queries a second until it is stopped. */
export const hostileLoad = (rpcUrl: string, perSecond: number, seed: string): Load =>
  steadyLoad(queryUrls(rpcUrl, seed), perSecond);

/** As many requests that CometBFT answers itself: what they cost is not the app's doing. */
export const idleLoad = (rpcUrl: string, perSecond: number): Load =>
  steadyLoad(repeated(`${rpcUrl}/health`), perSecond);

function* repeated(url: string): Generator<string> {
  for (;;) yield url;
}

function steadyLoad(urls: Generator<string>, perSecond: number): Load {
  const underWay = new Set<Promise<void>>();
  let [answered, failed] = [0, 0];
  const one = async (): Promise<void> => {
    try {
      const response = await fetch(urls.next().value, { signal: AbortSignal.timeout(30_000) });
      await response.arrayBuffer();
      answered++;
    } catch {
      failed++;
    }
  };
  const startMs = performance.now();
  let [sent, heldBack] = [0, 0];
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1_000) * perSecond;
    for (; sent < due; sent++) {
      if (underWay.size >= UNDER_WAY_MAX) {
        heldBack++;
        continue;
      }
      const promise: Promise<void> = one().finally(() => underWay.delete(promise));
      underWay.add(promise);
    }
  }, TICK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return { answered, failed, heldBack };
    },
  };
}
