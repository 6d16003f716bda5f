import { setTimeout as sleep } from "node:timers/promises";
import { replayChain } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import type { SupervisedNode } from "#chain/node/supervisor.ts";
import { type Random, randomOf } from "#trainer/random.ts";
import { people } from "../accounts.ts";
import { noProofs } from "../chain.ts";
import { makeNet, type NetKey, type NetNode, type NetPlace } from "../net.ts";
import { replica } from "../replay.ts";
import { type Actor, perform } from "./deeds.ts";
import { applyFaults } from "./faults.ts";
import { joinNet } from "./join.ts";
import { type Load, startLoad } from "./load.ts";
import { placesOf } from "./machines.ts";
import { type Network, networkOf } from "./namespaces.ts";
import {
  describeStep,
  expected,
  foundingPowers,
  type JoinBy,
  machinesOf,
  type Plan,
  type Powers,
  powersAfter,
  present,
  type Step,
} from "./plan.ts";
import type { NodeReport, Report, Standing, StepReport } from "./report.ts";
import { blocksAt, heightAt, ownState } from "./rpc.ts";
import { stakedChoice } from "./stake.ts";

const POLL_MS = 200;
/** Only a net that is dead for good takes so long. */
const PATIENCE_MS = 240_000;
/** Blocks that show that a chain goes on. */
const BLOCKS = 2;
const SNAPSHOT_EVERY = 5;
const PEOPLE = people("ann", "bob", "cid", "dan", "eve", "fay", "gil", "hal");

type Log = (line: string) => void;

/** A net that plays a plan. */
interface Game {
  readonly plan: Plan;
  readonly folder: string;
  readonly network: Network;
  readonly places: readonly NetPlace[];
  /** Grows by those that join. */
  readonly actors: Actor[];
  powers: Powers;
  readonly random: Random;
}

const nodesOf = ({ actors }: Game): readonly SupervisedNode[] => actors.map(({ running }) => running);

const heights = (nodes: readonly SupervisedNode[]): Promise<number[]> =>
  Promise.all(nodes.map(({ rpcUrl }) => heightAt(rpcUrl)));

/** Waits until all nodes have the height; names those that do not come to it. */
async function untilAll(nodes: readonly SupervisedNode[], height: number, what: string): Promise<void> {
  const endsMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const at = await heights(nodes);
    if (at.every((each) => each >= height)) return;
    if (performance.now() > endsMs)
      throw new Error(`${what}: heights ${at.join(" ")}, ${height} was expected`);
    await sleep(POLL_MS);
  }
}

/** Starts the node of the next machine. */
async function admit(game: Game, by: JoinBy): Promise<void> {
  const { plan, folder, places, actors } = game;
  const place = places[actors.length];
  if (place === undefined) throw new Error("the net has no machine left");
  // Whoever was there from the start serves it, so that it needs none that may be gone.
  const elders = actors.slice(0, plan.validators).map(({ made: { home }, running: { rpcUrl } }) => ({
    ...{ rpcUrl, home },
  }));
  // A snapshot is made some blocks after the height that it is of.
  if (by === "snapshot") await untilAll(nodesOf(game), 2 * SNAPSHOT_EVERY, "before a snapshot");
  const made = await joinNet(folder, place, elders, by);
  actors.push({ made, running: await made.start() });
}

async function play(game: Game, step: Step): Promise<StepReport> {
  const what = describeStep(step);
  for (const by of step.joins ?? []) await admit(game, by);
  const standings: Standing[] = [];
  for (const deed of step.deeds ?? []) {
    standings.push(await perform(game.actors, deed, game.powers));
    game.powers = powersAfter(game.powers, { deeds: [deed] });
  }
  const nodes = nodesOf(game);
  const heal = await applyFaults({ network: game.network, nodes, random: game.random }, step.faults);
  let [from, until, healingMs] = [0, 0, 0];
  const hopes = expected(game.powers, step);
  try {
    from = Math.max(...(await heights(nodes)));
    await sleep(step.heldMs);
    const able = present(game.powers, step).map((node) => nodes[node] as SupervisedNode);
    if (hopes === "goes on") await untilAll(able, from + BLOCKS, what);
    until = Math.max(...(await heights(nodes)));
  } finally {
    healingMs = performance.now();
    await heal();
  }
  await untilAll(nodes, until + BLOCKS, `after ${what}`);
  const liveSeconds = Math.round(performance.now() - healingMs) / 1_000;
  return { what, standings, expected: hopes, from, until, liveSeconds };
}

async function reports(game: Game): Promise<NodeReport[]> {
  const nodes = nodesOf(game);
  const own = await Promise.all(nodes.map(({ rpcUrl }) => ownState(rpcUrl)));
  // The block after its own height has the hash that each must have.
  await untilAll(nodes, Math.max(...own.map(({ height }) => height)) + 1, "at the end");
  return Promise.all(
    nodes.map(async (node, i): Promise<NodeReport> => {
      const blocks = await blocksAt(node.rpcUrl);
      const [name, state] = [game.places[i]?.name ?? "", own[i] ?? { height: 0, appHash: "" }];
      return { name, own: state, blocks, restarts: node.restarts() };
    }),
  );
}

/** Plays the chain of a node to another app, with every invariant; gives the height it came to. */
async function replay(rpcUrl: string): Promise<number> {
  const height = BigInt(await heightAt(rpcUrl));
  await replayChain(await replica(rpcUrl, noProofs), blocksOf(rpcUrl, 1n, height));
  return Number(height);
}

/** Starts the validators of genesis, all at once. */
async function begin(owner: number, folder: string, plan: Plan, log: Log): Promise<Game> {
  const network = networkOf(owner, machinesOf(plan));
  const places = await placesOf(folder, network);
  const plain = { members: people("m1", "m2", "m3"), others: PEOPLE };
  const later = places.slice(plan.validators).map(({ name }) => name);
  const choice = (keys: readonly NetKey[]) => (plan.staked ? stakedChoice(plain, keys, later) : plain);
  const made = await makeNet(folder, places.slice(0, plan.validators), choice, plan.paceMs, {
    appEnv: { ITERUM_TEST_SNAPSHOTS: `${SNAPSHOT_EVERY}` },
    onNews: (name, news) => log(`${name} ${JSON.stringify(news)}`),
  });
  const started = await Promise.allSettled(made.map((node) => node.start()));
  const nodes = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw failed.reason;
  }
  const actors = nodes.map((running, i): Actor => ({ made: made[i] as NetNode, running }));
  const powers = foundingPowers(plan.validators);
  return { plan, folder, network, places, actors, powers, random: randomOf(`${plan.seed} faults`) };
}

async function playAll(game: Game, load: Load, log: Log): Promise<Report> {
  const steps: StepReport[] = [];
  for (const step of game.plan.steps) {
    const report = await play(game, step);
    steps.push(report);
    log(JSON.stringify(report));
  }
  const sends = await load.stop();
  const [first] = nodesOf(game);
  return { steps, sends, nodes: await reports(game), replayedTo: await replay(first?.rpcUrl ?? "") };
}

/** Rejects when the signal fires. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onStop = (): void => reject(new Error("the run was stopped"));
    if (signal.aborted) onStop();
    else signal.addEventListener("abort", onStop);
  });
}

/** Runs a plan in the network that `owner` has made, from a process in its hub, until the signal fires. */
export async function runPlan(
  owner: number,
  folder: string,
  plan: Plan,
  signal: AbortSignal,
  log: Log,
): Promise<Report> {
  const game = await begin(owner, folder, plan, log);
  const load = startLoad(
    nodesOf(game).map(({ rpcUrl }) => rpcUrl),
    PEOPLE,
  );
  try {
    return await Promise.race([playAll(game, load, log), stopped(signal)]);
  } finally {
    await load.stop();
    await Promise.all(nodesOf(game).map((node) => node.stop()));
  }
}
