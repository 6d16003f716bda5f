import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { replayChain } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import type { SupervisedNode } from "#chain/node/supervisor.ts";
import { randomOf } from "#trainer/random.ts";
import { people } from "../accounts.ts";
import { noProofs } from "../chain.ts";
import { makeNet, type NetPlace } from "../net.ts";
import { replica } from "../replay.ts";
import { applyFaults, type Field } from "./faults.ts";
import { joinNet } from "./join.ts";
import { startLoad } from "./load.ts";
import { placesOf } from "./machines.ts";
import { networkOf } from "./namespaces.ts";
import { describeStep, expected, type JoinBy, machinesOf, type Plan, present, type Step } from "./plan.ts";
import type { NodeReport, Report, StepReport } from "./report.ts";
import { blocksAt, heightAt, ownState } from "./rpc.ts";

const POLL_MS = 200;
/** Only a net that is dead for good takes so long. */
const PATIENCE_MS = 240_000;
/** Blocks that show that a chain goes on. */
const BLOCKS = 2;
const SNAPSHOT_EVERY = 5;
const PEOPLE = people("ann", "bob", "cid", "dan", "eve", "fay", "gil", "hal");

/** A net that plays a plan. */
interface Game {
  readonly plan: Plan;
  readonly folder: string;
  readonly places: readonly NetPlace[];
  /** Grows by those that join. */
  readonly nodes: SupervisedNode[];
  readonly field: Field;
  readonly log: (line: string) => void;
}

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
async function admit({ plan, folder, places, nodes }: Game, by: JoinBy): Promise<void> {
  const place = places[nodes.length];
  if (place === undefined) throw new Error("the net has no machine left");
  // Whoever was there from the start serves it, so that it needs none that may be gone.
  const elders = nodes.slice(0, plan.validators).map(({ rpcUrl }, i) => ({
    ...{ rpcUrl, home: join(folder, places[i]?.name ?? "") },
  }));
  // A snapshot is made some blocks after the height that it is of.
  if (by === "snapshot") await untilAll(nodes, 2 * SNAPSHOT_EVERY, "before a snapshot");
  nodes.push(await joinNet(folder, place, elders, by));
}

async function play(game: Game, step: Step): Promise<StepReport> {
  const { plan, nodes, field } = game;
  const what = describeStep(step);
  for (const by of step.joins ?? []) await admit(game, by);
  const heal = await applyFaults(field, step.faults);
  let [from, until] = [0, 0];
  const hopes = expected(plan, step);
  try {
    from = Math.max(...(await heights(nodes)));
    await sleep(step.heldMs);
    const able = present(plan, step).map((node) => nodes[node] as SupervisedNode);
    if (hopes === "goes on") await untilAll(able, from + BLOCKS, what);
    until = Math.max(...(await heights(nodes)));
  } finally {
    await heal();
  }
  const healedMs = performance.now();
  await untilAll(nodes, until + BLOCKS, `after ${what}`);
  const liveSeconds = Math.round(performance.now() - healedMs) / 1_000;
  return { what, expected: hopes, from, until, liveSeconds };
}

async function reports({ nodes, places }: Game): Promise<NodeReport[]> {
  const own = await Promise.all(nodes.map(({ rpcUrl }) => ownState(rpcUrl)));
  // The block after its own height has the hash that each must have.
  await untilAll(nodes, Math.max(...own.map(({ height }) => height)) + 1, "at the end");
  return Promise.all(
    nodes.map(async (node, i): Promise<NodeReport> => {
      const blocks = await blocksAt(node.rpcUrl);
      const [name, state] = [places[i]?.name ?? "", own[i] ?? { height: 0, appHash: "" }];
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
async function begin(owner: number, folder: string, plan: Plan, log: Game["log"]): Promise<Game> {
  const network = networkOf(owner, machinesOf(plan));
  const places = await placesOf(folder, network);
  const choice = { members: people("m1", "m2", "m3"), others: PEOPLE };
  const env = { ITERUM_TEST_SNAPSHOTS: `${SNAPSHOT_EVERY}` };
  const made = await makeNet(folder, places.slice(0, plan.validators), choice, plan.paceMs, env);
  const started = await Promise.allSettled(made.map((node) => node.start()));
  const nodes = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw failed.reason;
  }
  const field: Field = { network, nodes, random: randomOf(`${plan.seed} faults`) };
  return { plan, folder, places, nodes, field, log };
}

/** Runs a plan in the network that `owner` has made, from a process in its hub. */
export async function runPlan(
  owner: number,
  folder: string,
  plan: Plan,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Report> {
  const game = await begin(owner, folder, plan, log);
  const { nodes } = game;
  const load = startLoad(
    nodes.map(({ rpcUrl }) => rpcUrl),
    PEOPLE,
  );
  try {
    const steps: StepReport[] = [];
    for (const step of plan.steps) {
      if (signal.aborted) throw new Error("the run was stopped");
      const report = await play(game, step);
      steps.push(report);
      log(JSON.stringify(report));
    }
    const sends = await load.stop();
    return { steps, sends, nodes: await reports(game), replayedTo: await replay(nodes[0]?.rpcUrl ?? "") };
  } finally {
    await load.stop();
    await Promise.all(nodes.map((node) => node.stop()));
  }
}
