import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, Worker, workerData } from "node:worker_threads";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { latestHeight } from "#chain/node/status.ts";
import { blockOf, ReplayError } from "#chain/node/stored-blocks.ts";
import { noProofs } from "../chain.ts";
import { replica } from "../replay.ts";

/** What a second app met that ran all blocks of a node. */
export interface Followed {
  readonly height: bigint;
  readonly txs: number;
  /** Transactions that were included and failed. */
  readonly failed: number;
  /** Names of invariants that do not hold at the end. */
  readonly broken: readonly string[];
}

/** A second app in a thread of its own that runs every block of a node. */
export interface Follower {
  /** Rejects at the first block that differs. */
  readonly ended: Promise<Followed>;
  /** Lets it come to the node's last block and end. */
  finish(): Promise<Followed>;
  /** Ends it at once. */
  close(): Promise<void>;
}

const POLL_MS = 200;
/** Looks at a node that is not up yet: five minutes and more. */
const BEGIN_TRIES_MAX = 1_500;

/**
 * Runs the node's chain from genesis on a second app, which checks every invariant after every block; outages
 * of the node are waited out. Its `ended` rejects at the first block that the node built on another hash, or
 * that has a proof: no true one is ever made.
 */
export function startFollower(rpcUrl: string): Follower {
  const worker = new Worker(new URL(import.meta.url), { workerData: { followed: rpcUrl } });
  const { promise: ended, resolve, reject } = Promise.withResolvers<Followed>();
  ended.catch(() => undefined);
  worker.once("message", resolve).once("error", reject);
  worker.once("exit", () => reject(new Error("the follower ended without a word")));
  return {
    ended,
    finish: () => {
      worker.postMessage("finish");
      return ended;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

/** An app at the genesis of the node, as soon as that is up. */
async function begin(rpcUrl: string): Promise<App> {
  for (let tries = 1; ; tries++)
    try {
      return await replica(rpcUrl, noProofs);
    } catch (error) {
      if (!(error instanceof ReplayError) || tries === BEGIN_TRIES_MAX) throw error;
      await sleep(POLL_MS);
    }
}

async function follow(rpcUrl: string, isLast: () => boolean): Promise<Followed> {
  const app = await begin(rpcUrl);
  let [txs, failed, height] = [0, 0, 0n];
  for (let mayGrow = true; mayGrow; ) {
    // The last look is one that began after the wish to end.
    mayGrow = !isLast();
    height = (await latestHeight(rpcUrl)) ?? height;
    for (let next = app.info().height + 1n; next <= height; next++) {
      const block = await blockOf(rpcUrl, next).catch(() => undefined);
      if (block === undefined) break; // the node is down
      const { appHash } = app.info();
      if (next > 1n && toHex(appHash) !== block.appHashBefore)
        throw new Error(`block ${next} is built on ${block.appHashBefore}, not on ${toHex(appHash)}`);
      const { txResults } = await app.finalizeBlock(block);
      await app.commit();
      txs += txResults.length;
      failed += txResults.filter(({ code }) => code !== 0).length;
    }
    await sleep(POLL_MS);
  }
  const broken = app.invariants().flatMap(({ name, holds }) => (holds ? [] : [name]));
  return { height: app.info().height, txs, failed, broken };
}

const { followed } = (workerData ?? {}) as { readonly followed?: string };
if (followed !== undefined && parentPort !== null) {
  let isLast = false;
  parentPort.once("message", () => {
    isLast = true;
  });
  parentPort.postMessage(await follow(followed, () => isLast));
  parentPort.close();
}
