import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSpaces } from "#chain/app/modules.ts";
import type { AppChild } from "#chain/node/app-child.ts";
import { homePaths } from "#chain/node/config.ts";
import { describeDifference, firstDifference } from "#chain/node/difference.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { connectPeer } from "#test/chain/abci/kit.ts";
import { type Random, randomOf } from "#trainer/random.ts";
import { type Person, people } from "./accounts.ts";
import { say, signTx } from "./chain.ts";
import { type AbciCall, type CallHook, Consensus } from "./consensus.ts";
import { DENOM } from "./genesis.ts";
import { startApp } from "./node.ts";

/** What a run of crashes did. */
export interface CrashReport {
  readonly kills: number;
  readonly height: bigint;
  /** Kills by call and moment. */
  readonly places: Readonly<Record<string, number>>;
  /** Blocks that restarted apps had lost and were played again. */
  readonly replayed: bigint;
}

/** Where the next kill hits: at the n-th time that this call comes to this moment. */
interface Target {
  readonly call: AbciCall;
  readonly moment: "before" | "sent" | "after";
  readonly times: number;
  /** Pause after the moment. */
  readonly delayUs: number;
}

/** Blocks after which every target has been met. */
const BLOCKS = 2;

class Killed extends Error {
  override readonly name = "Killed";
}

const PLAYERS = people("ann", "bob", "cid", "dan");
const MEMBERS = people("m1", "m2", "m3");
/** The state is at stake in the last two. */
const CALLS: readonly AbciCall[] = [
  ...(["info", "prepareProposal", "processProposal"] as const),
  ...(["finalizeBlock", "finalizeBlock", "commit", "commit", "commit", "commit"] as const),
];

function targetOf(random: Random, height: bigint): Target {
  const isFirst = height === 0n && random.below(2) === 0;
  const call = isFirst ? "initChain" : (CALLS[random.below(CALLS.length)] as AbciCall);
  const moment = (["before", "sent", "sent", "after"] as const)[random.below(4)] ?? "sent";
  const times = call === "info" || isFirst ? 1 : 1 + random.below(2);
  return { call, moment, times, delayUs: moment === "sent" ? random.below(6_000) : 0 };
}

/** Waits by spinning: timers are too coarse to hit the inside of a call. */
function spin(durationUs: number): void {
  const endsMs = performance.now() + durationUs / 1_000;
  while (performance.now() < endsMs);
}

/** Kills the app when the target is met; then nothing more is sent. */
function killer(app: AppChild, target: Target): CallHook {
  let left = target.times;
  return (call, moment) => {
    if (call !== target.call || moment !== target.moment || --left > 0) return;
    spin(target.delayUs);
    process.kill(app.pid, "SIGKILL");
    throw new Killed(call);
  };
}

/** Signed sends of random players at their turns. */
export function sends(consensus: Consensus, random: Random): Uint8Array[] {
  const chosen = PLAYERS.filter(() => random.below(2) === 0);
  return chosen.map((from: Person) => {
    const to = PLAYERS[random.below(PLAYERS.length)] as Person;
    const { number, sequence } = consensus.mirror.read((ctx) => auth.account(ctx, from.address)) ?? {
      number: 0n,
      sequence: 0n,
    };
    const amount = [{ denom: DENOM, amount: BigInt(1 + random.below(1_000)) }];
    return signTx(
      from,
      { number, sequence },
      say(MsgSend, { fromAddress: from.address, toAddress: to.address, amount }),
    );
  });
}

/** Starts the app, plays to it what it lacks and more blocks until it is killed, and sees to its end. */
async function oneLife(home: string, consensus: Consensus, random: Random, target?: Target) {
  const app = await startApp(home);
  const peer = await connectPeer(`unix://${homePaths(home).socket}`);
  const hook = target && killer(app, target);
  const lost = consensus.height - app.height;
  try {
    await consensus.handshake(peer, hook);
    for (let i = 0; i < BLOCKS; i++) await consensus.advance(peer, sends(consensus, random), hook);
    return { lost, isKilled: false };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { lost, isKilled: true };
  } finally {
    peer.close();
    await app.stop(10_000);
  }
}

/** The app's state on disk is the one of the undisturbed app, entry by entry. */
export async function expectSameState(home: string, consensus: Consensus): Promise<void> {
  const store = await openDiskStore(homePaths(home).state, { spaces: storeSpaces });
  try {
    const difference = await firstDifference(store.dump(), consensus.store.dump());
    if (difference) throw new Error(`after ${consensus.height} blocks ${describeDifference(difference)}`);
  } finally {
    await store.close();
  }
}

/**
 * Kills an app's process so many times at moments drawn from the seed, between and inside the calls of
 * consensus, and starts it again each time; nothing is ever repaired by hand. Throws at the first answer or
 * entry that an undisturbed app does not have.
 */
export async function crash(
  seed: string,
  kills: number,
  onKill?: (done: number) => void,
): Promise<CrashReport> {
  const random = randomOf(seed);
  const home = await mkdtemp(join(tmpdir(), "iterum-crash-"));
  const consensus = new Consensus({ members: MEMBERS, others: PLAYERS }, "no beacon");
  const places: Record<string, number> = {};
  let [done, replayed] = [0, 0n];
  try {
    while (done < kills) {
      const target = targetOf(random, consensus.height);
      const { lost, isKilled } = await oneLife(home, consensus, random, target);
      if (!isKilled) throw new Error(`${target.call} never came to its ${target.moment}`);
      replayed += lost;
      const place = `${target.call}/${target.moment}`;
      places[place] = (places[place] ?? 0) + 1;
      done++;
      onKill?.(done);
    }
    replayed += (await oneLife(home, consensus, random)).lost;
    await expectSameState(home, consensus);
    return { kills: done, height: consensus.height, places, replayed };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
