import { readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths } from "#chain/node/config.ts";
import { latestHeight } from "#chain/node/status.ts";
import { type SupervisedNode, superviseNode } from "#chain/node/supervisor.ts";
import type { Template } from "#chain/protocol/template.ts";
import { openLevelKv } from "#chain/store/disk.ts";
import { verifyStore } from "#chain/store/verify.ts";
import type { ProverPort } from "#client/ports.ts";
import { type Random, randomOf } from "#trainer/random.ts";
import { type Person, people } from "../accounts.ts";
import { type Cast, startCast } from "../cast.ts";
import { type GenesisChoice, TOKEN } from "../genesis.ts";
import { hostileLoad } from "../hostile-load.ts";
import { APP, makeHome, startApp } from "../node.ts";
import { zkSample } from "../zk.ts";
import { type Followed, startFollower } from "./follower.ts";
import { type Live, liveProbe, type Probe } from "./heaps.ts";
import { lyingProver, type Offered, startTraffic, withSenders } from "./traffic.ts";
import { type Usage, usageOf } from "./usage.ts";

/** How long and how wildly. */
export interface SoakPlan {
  readonly seed: string;
  /** Kills come for so long, then the same load goes on without. */
  readonly killingMs: number;
  readonly quietMs: number;
  /** Pause from a recovery to the next kill. */
  readonly pauseMinMs: number;
  readonly pauseMaxMs: number;
}

/** Both processes at one moment. */
export interface Sample {
  readonly hours: number;
  /** How often they had been restarted. */
  readonly generation: number;
  /** How old this generation was. */
  readonly ageMs: number;
  readonly app: Usage;
  readonly comet: Usage;
  /** What the app's database has in its journal, and holds in memory as well. */
  readonly journalBytes: number;
  /** What lived in both after a collection, where one was asked for. */
  readonly live?: Live;
}

export interface SoakReport extends Followed {
  readonly kills: number;
  /** Why the node went down, each time. */
  readonly downs: readonly string[];
  readonly offered: Offered;
  readonly queries: { readonly answered: number; readonly failed: number };
  /** Proofs that are none, made where some were due. */
  readonly falseProofs: number;
  readonly told: Cast["told"];
  readonly samples: readonly Sample[];
}

const PACE_MS = 400;
const SAMPLE_MS = 2_000;
/** How old a generation is when its live memory is first looked at, and how often it is from then on. */
const FIRST_LIVE_MS = 5_000;
const LIVE_EVERY_MS = 20_000;
const HOSTILE_PER_SECOND = 10;
const RECOVERY_MS = 120_000;
/** With the node's own bounds caches would go on filling for hours, which looks like a leak. */
const APP_ENV = { ITERUM_TEST_CACHE_BYTES: `${4 << 20}`, ITERUM_TEST_SIGNATURES: "2000" };
const MEMBERS = people("m1", "m2", "m3", "m4", "m5", "m6");
const OPERATORS = people("ann", "bob");
const SCHEDULE = {
  firstOpen: 25,
  open: 110,
  openOrders: 8,
  elect: 2,
  revealInputs: 14,
  revealInputs2: 8,
  predict: 12,
  openPredictions: 12,
  revealLabels: 12,
  prove: 12,
  settle: 12,
};

/** One process id of a node that runs; 0 is none and would mean this whole group. */
function kill(pid: number): void {
  if (pid <= 0) throw new Error("there is no process to kill");
  process.kill(pid, "SIGKILL");
}

async function untilHolds(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const endsMs = performance.now() + RECOVERY_MS; performance.now() < endsMs; await sleep(50))
    if (await holds()) return;
  throw new Error(`${what}: not in time`);
}

/** Kills one of both processes, or both, and waits until blocks go on. */
async function killOnce(node: SupervisedNode, random: Random): Promise<void> {
  const pids = node.pids();
  const before = node.restarts();
  const which = (["app", "comet", "both"] as const)[random.below(3)] ?? "both";
  if (which !== "comet") kill(pids.app);
  if (which !== "app") kill(pids.comet);
  await untilHolds(`a restart after a kill of ${which}`, () => node.restarts() > before);
  const height = (await latestHeight(node.rpcUrl)) ?? 0n;
  await untilHolds("a block", async () => ((await latestHeight(node.rpcUrl)) ?? 0n) > height);
}

async function killing(node: SupervisedNode, plan: SoakPlan): Promise<number> {
  const random = randomOf(`${plan.seed} kills`);
  let kills = 0;
  for (const endsMs = performance.now() + plan.killingMs; performance.now() < endsMs; kills++) {
    await sleep(plan.pauseMinMs + random.below(plan.pauseMaxMs - plan.pauseMinMs + 1));
    await killOnce(node, random);
  }
  return kills;
}

function journalOf(home: string): number {
  const { state } = homePaths(home);
  try {
    const journals = readdirSync(state).filter((name) => name.endsWith(".log"));
    return journals.reduce((sum, name) => sum + statSync(join(state, name)).size, 0);
  } catch {
    return 0; // replaced meanwhile
  }
}

/** Looks at both processes until it is stopped; now and then it has them collect what they do not need. */
function sampling(node: SupervisedNode, home: string, probe: Probe<Live>) {
  const samples: Sample[] = [];
  const startMs = performance.now();
  const abort = new AbortController();
  let [generation, bornMs, collectedMs] = [0, startMs, startMs];
  const sample = async (): Promise<void> => {
    const ageMs = performance.now() - bornMs;
    // Once in each generation at the same age, then at even intervals.
    const isDue = ageMs >= FIRST_LIVE_MS && performance.now() >= collectedMs + LIVE_EVERY_MS;
    const live = isDue ? await probe.read() : undefined;
    if (live) collectedMs = performance.now();
    if (node.restarts() !== generation) return;
    const pids = node.pids();
    const [app, comet] = [usageOf(pids.app), usageOf(pids.comet)];
    const hours = (performance.now() - startMs) / 3_600_000;
    if (!app || !comet) return;
    const usage = { app, comet, journalBytes: journalOf(home) };
    samples.push({ hours, generation, ageMs, ...usage, ...(live && { live }) });
  };
  const run = async (): Promise<void> => {
    for (const { signal } = abort; !signal.aborted; ) {
      if (node.restarts() !== generation) {
        [generation, bornMs] = [node.restarts(), performance.now()];
        collectedMs = -LIVE_EVERY_MS;
      }
      await sample();
      await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const ended = run();
  const stop = (): Promise<void> => {
    abort.abort();
    return ended;
  };
  return { samples, stop };
}

interface Stage {
  readonly home: string;
  readonly rpcPort: number;
  readonly template: Template;
}

/** A home whose game has a real verifier, agents with deep purses and the senders. */
async function stage(): Promise<Stage> {
  const { template, key } = await zkSample("lr-64");
  const choice: GenesisChoice = {
    ...{ members: MEMBERS, others: OPERATORS, schedule: SCHEDULE, itemsMin: 6 },
    ...{ templates: [template], verifierCode: key.verifierCode, policy: "sampled" },
    ...{ treasury: 10_000_000n * TOKEN, alter: withSenders },
  };
  return { template, ...(await makeHome(choice, PACE_MS)) };
}

/** All kinds of load at once, until stopped. */
async function startLoad(rpcUrl: string, { template }: Stage, seed: string) {
  const lies = { count: 0 };
  const lying = (who: Person): ProverPort => {
    const prover = lyingProver(template, `${seed} ${who.name}`);
    const prove: ProverPort["prove"] = (...args) => {
      lies.count += 1;
      return prover.prove(...args);
    };
    return { ...prover, prove };
  };
  const cast = await startCast(rpcUrl, MEMBERS, OPERATORS, lying);
  const traffic = startTraffic(rpcUrl, seed);
  const queries = hostileLoad(rpcUrl, HOSTILE_PER_SECOND, `${seed} queries`);
  return {
    stop: async () => {
      const [asked] = await Promise.all([queries.stop(), traffic.stop(), cast.stop()]);
      return { offered: traffic.offered, queries: asked, falseProofs: lies.count, told: cast.told };
    },
  };
}

/** Reads the whole state of a node that is stopped; throws where anything in it does not fit. */
async function verifyState(home: string): Promise<void> {
  const kv = await openLevelKv(homePaths(home).state);
  try {
    await verifyStore(kv);
  } finally {
    await kv.close();
  }
}

/**
 * Runs a supervised node under sends of all kinds, a game in play, hostile queries and proofs that are none,
 * while its processes are killed at moments drawn from the seed and a second app runs all its blocks; then
 * reads its state on disk. Throws at the first thing that is not as on an undisturbed node.
 */
export async function soak(plan: SoakPlan): Promise<SoakReport> {
  const staged = await stage();
  const { home } = staged;
  const downs: string[] = [];
  const probe = await liveProbe(home);
  const env = { ...APP_ENV, ...probe.env };
  const node = await superviseNode({
    ...{ home, binary: findCometBft(), startApp: () => startApp(home, env, APP, probe.flags) },
    onNews: (news) => void (news.kind === "up" || downs.push(news.why)),
    // Kills that come one after the other are no reason to wait longer.
    patience: { pauseMaxMs: 500 },
  });
  const halted = node.ended.then(() => Promise.reject(new Error("the node was stopped")));
  halted.catch(() => undefined);
  const follower = startFollower(node.rpcUrl);
  const failure = Promise.race([
    node.ended.then(() => Promise.reject(new Error("the node was stopped"))),
    follower.ended.then(() => Promise.reject(new Error("the follower was stopped"))),
  ]);
  failure.catch(() => undefined);
  try {
    const load = await startLoad(node.rpcUrl, staged, plan.seed);
    const sampler = sampling(node, home, probe);
    let done: Awaited<ReturnType<typeof load.stop>>;
    let kills = 0;
    try {
      kills = await Promise.race([killing(node, plan), failure]);
      await Promise.race([sleep(plan.quietMs), failure]);
    } finally {
      await sampler.stop();
      done = await load.stop();
    }
    const followed = await follower.finish();
    await node.stop();
    await verifyState(home);
    return { ...done, ...followed, kills, downs, samples: sampler.samples };
  } finally {
    await follower.close();
    await node.stop();
    await rm(home, { recursive: true, force: true });
  }
}
