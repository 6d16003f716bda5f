import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { AppChild } from "#chain/node/app-child.ts";
import { type Comet, startComet } from "#chain/node/comet.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths } from "#chain/node/config.ts";
import { replayChain } from "#chain/node/replay.ts";
import { latestHeight } from "#chain/node/status.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import { people } from "./accounts.ts";
import { noProofs } from "./chain.ts";
import { makeHome, startApp } from "./node.ts";
import { replica } from "./replay.ts";

const BINARY = findCometBft();
const PACE_MS = 20;
const PATIENCE_MS = 120_000;

/**
 * Waits until a height is reached, and by a block that was made since the start. One that CometBFT has only
 * played again is not in its journal: stopped before the next one is, a validator that is alone does not sign
 * any more, since it finds no place from which to go on with what it has signed.
 */
async function untilHeight(comet: Comet, height: bigint): Promise<bigint> {
  let played: bigint | undefined;
  for (const endsMs = performance.now() + PATIENCE_MS; performance.now() < endsMs; await sleep(20)) {
    const now = await latestHeight(comet.rpcUrl);
    played ??= now;
    if (now !== undefined && played !== undefined && now >= height && now > played) return now;
  }
  throw new Error(`height ${height} was not reached in time`);
}

/** CometBFT as it dies at its n-th fail point. */
async function dieAt(home: string, index: number): Promise<void> {
  const comet = await startComet({ binary: BINARY, home, env: { FAIL_TEST_INDEX: String(index) } });
  const patience = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  const end = await Promise.race([comet.exited, late]);
  patience.abort();
  await comet.stop(0);
  const log = await readFile(homePaths(home).cometLog, "utf8");
  if (end?.code !== 1 || !log.trimEnd().includes(`*** fail-test ${index} ***`))
    throw new Error(`CometBFT did not die at its fail point ${index}`);
}

/** Points at which CometBFT is made to die, and whether the app dies with it. */
export interface FailPoints {
  readonly indices: readonly number[];
  readonly app: "alive" | "killed";
}

/**
 * Lets CometBFT die at each fail point, starts it again and waits for three more blocks; then plays all
 * blocks to an undisturbed app, whose hashes must be the same. Gives the height reached.
 */
export async function walkFailPoints({ indices, app: mode }: FailPoints): Promise<bigint> {
  const { home } = await makeHome({ members: people("m1"), others: people("ann") }, PACE_MS);
  let app: AppChild | undefined;
  let comet: Comet | undefined;
  let height = 0n;
  try {
    for (const index of indices) {
      app ??= await startApp(home);
      await dieAt(home, index);
      if (mode === "killed") {
        process.kill(app.pid, "SIGKILL");
        await app.exited;
        app = await startApp(home);
      }
      comet = await startComet({ binary: BINARY, home });
      height = await untilHeight(comet, height + 3n);
      if (index !== indices.at(-1)) await comet.stop();
    }
    if (comet === undefined) throw new Error("no fail point was named");
    const undisturbed = await replica(comet.rpcUrl, noProofs);
    await replayChain(undisturbed, blocksOf(comet.rpcUrl, 1n, height));
    return undisturbed.info().height;
  } finally {
    await comet?.stop();
    await app?.stop(10_000);
    await rm(home, { recursive: true, force: true });
  }
}
