import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AppChild, AppEnd } from "#chain/node/app-child.ts";
import { homePaths } from "#chain/node/config.ts";
import { haltCodes } from "#chain/node/exit.ts";
import { connectPeer } from "#test/chain/abci/kit.ts";
import { randomOf } from "#trainer/random.ts";
import { people } from "./accounts.ts";
import { Consensus } from "./consensus.ts";
import { expectSameState, sends } from "./crashes.ts";
import { startApp } from "./node.ts";
import type { BreakableDisk, Volume } from "./volume.ts";

/** How a disk is made full, or breaks, for an app that runs, and is given back for the next one. */
export interface FullDisk {
  fill(app: AppChild, freeBytes: number): void;
  release(): void | Promise<void>;
}

/** A file-size limit set on the running process: its next writes fail, as on a full disk. */
export const fileLimit = (home: string): FullDisk => ({
  fill({ pid }, freeBytes) {
    const { state } = homePaths(home);
    const sizes = readdirSync(state).map((name) => statSync(join(state, name)).size);
    execFileSync("prlimit", [`--pid=${pid}`, `--fsize=${Math.max(...sizes) + freeBytes}`]);
  },
  // The limit was that process's alone.
  release: () => undefined,
});

/** A disk in memory that is filled. */
export const onVolume = (volume: Volume): FullDisk => ({
  fill: (_, freeBytes) => volume.fill(freeBytes),
  release: () => volume.release(),
});

/** A disk that breaks while the app is at work. */
export function onBreakable(disk: BreakableDisk): FullDisk {
  let failing: Promise<void> = Promise.resolve();
  return {
    fill: () => {
      failing = disk.fail();
    },
    release: async () => {
      await failing;
      disk.mend();
    },
  };
}

const BLOCKS_MAX = 500;

/** Lets the app work until it fails; gives how its process ended. */
async function untilFull(app: AppChild, home: string, work: (peer: Peer) => Promise<void>): Promise<AppEnd> {
  const peer = await connectPeer(`unix://${homePaths(home).socket}`);
  let failed = false;
  app.exited.then(
    () => peer.close(),
    () => peer.close(),
  );
  try {
    await work(peer);
  } catch {
    failed = true;
  }
  if (!failed) throw new Error("the disk never became full");
  const end = await app.exited;
  if (end.code !== haltCodes.disk || end.halt?.cause !== "disk")
    throw new Error(`the app ended with ${end.code ?? end.signal}: ${end.halt?.reason}`);
  return end;
}

type Peer = Awaited<ReturnType<typeof connectPeer>>;

/**
 * Lets the disk of an app become full, or break, at so many moments drawn from the seed; each time its
 * process must end with the exit code of the disk, and go on where the disk is whole again. At the end the
 * state must be the one of an undisturbed app. Gives its height.
 */
export async function fillDisks(
  { seed, moments, home, disk }: { seed: string; moments: number; home: string; disk: FullDisk },
  env: NodeJS.ProcessEnv,
): Promise<bigint> {
  const random = randomOf(seed);
  const consensus = new Consensus(
    { members: people("m1", "m2"), others: people("ann", "bob", "cid", "dan") },
    "no beacon",
  );
  for (let i = 0; i < moments; i++) {
    const app = await startApp(home, env);
    await untilFull(app, home, async (peer) => {
      await consensus.handshake(peer);
      for (let j = random.below(3); j > 0; j--) await consensus.advance(peer, sends(consensus, random));
      disk.fill(app, random.below(60_000));
      for (let j = 0; j < BLOCKS_MAX; j++) await consensus.advance(peer, sends(consensus, random));
    });
    await disk.release();
  }
  const app = await startApp(home, env);
  const peer = await connectPeer(`unix://${homePaths(home).socket}`);
  try {
    await consensus.handshake(peer);
    await consensus.advance(peer, []);
  } finally {
    peer.close();
    await app.stop(10_000);
  }
  await expectSameState(home, consensus);
  return consensus.height;
}
