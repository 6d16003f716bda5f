import { memberLine, operatorLine } from "#cli/agents/lines.ts";
import { CliError } from "#cli/errors.ts";
import type { CreatedNet } from "#cli/home/create.ts";
import type { DealtRows } from "#cli/home/rows.ts";
import { haltedError, type RunningNode, startNode } from "#cli/node/supervise.ts";
import { note, say } from "#cli/output.ts";
import { connect } from "#client/connect.ts";
import { startDataNode } from "#data/server.ts";
import type { ProverServer } from "#prover/server.ts";
import { runAgents } from "./agents.ts";
import type { Closers } from "./closers.ts";
import type { MadeModel } from "./learning.ts";
import { type DemoOptions, itemsOffered, type Size } from "./plan.ts";
import { Records } from "./record.ts";
import { VerifyTimes, watchChain } from "./watch.ts";

/** What a game of the demo is played with. */
export interface PlayPlan extends DemoOptions {
  readonly size: Size;
  readonly net: CreatedNet;
  readonly rows: DealtRows;
  readonly prover: ProverServer;
  readonly signal: AbortSignal;
}

/** A game that is being played. */
export interface Play {
  node(): RunningNode;
  readonly dataUrl: string;
  readonly proverUrl: string;
  readonly records: Records;
  readonly models: readonly MadeModel[];
  /**
   * Resolves once every round asked for is over; rejects when something fails for good or the chain stands.
   */
  readonly finished: Promise<void>;
  /** The last block told. */
  height(): number;
  /** Stops the node, so that its state can be looked at; unless the net is kept, agents first. */
  pause(): Promise<void>;
  /** Starts the node again. */
  resume(): Promise<void>;
}

/** A chain that makes no block for so long stands. */
const STALL_MS = 120_000;

/** Rejects when no block has come for long. */
function stallWatch(fail: (error: Error) => void): { seen(): void; stop(): void } {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - lastMs > STALL_MS)
      fail(new CliError(`no block for ${STALL_MS / 1000} s: the chain stands`));
  }, 5_000);
  return {
    seen: () => {
      lastMs = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}

const startDemoNode = (net: CreatedNet, times: VerifyTimes): Promise<RunningNode> =>
  startNode({
    layout: net.layout,
    overrides: new Map<string, string | number>([
      ["state.invariants", "full"],
      ["threads.proofs", 1],
    ]),
    onVerified: (proof) => times.add(proof),
    onRestart: (why) => note(`! ${why}`),
  });

/** Node and data node, running. */
async function startServers({ net }: PlayPlan, times: VerifyTimes, closers: Closers) {
  const data = await startDataNode({ path: net.layout.data, port: 0, clock: () => Date.now() });
  closers.add(() => data.close());
  let node = await startDemoNode(net, times);
  closers.add(() => node.stop());
  const client = await connect({ rpc: node.rpcUrl });
  closers.add(async () => client.close());
  const restart = async (): Promise<void> => {
    node = await startDemoNode(net, times);
  };
  return { data, client, node: () => node, restart };
}

/** Starts node, data node, members and operators, and tells what happens. All of it ends with the closers. */
export async function play(plan: PlayPlan, closers: Closers): Promise<Play> {
  const { net, rows, prover, signal, rounds, size, keep } = plan;
  const [records, times, models] = [new Records(), new VerifyTimes(), [] as MadeModel[]];
  const { data, client, node, restart } = await startServers(plan, times, closers);
  say(`RPC ${node().rpcUrl}, data node ${data.url}, prover ${prover.url}, home ${net.layout.home}\n`);
  const stopping = new AbortController();
  const both = AbortSignal.any([signal, stopping.signal]);
  const over = Promise.withResolvers<void>();
  const stalls = stallWatch(over.reject);
  let height = 0;

  const agents = runAgents({
    ...{ net, rpc: node().rpcUrl, dataUrl: data.url, prover, rows, signal: both },
    perRound: itemsOffered(size),
    onMember: (name, event) => {
      if (event.kind === "failed") note(`! ${name}, ${memberLine(event)}`);
    },
    onOperator: (name, event) => {
      if (event.kind === "trained" || event.kind === "failed")
        say(`       ${name}, ${operatorLine(event, net.unit)}`);
    },
    onModel: (made) => models.push(made),
  });
  const watching = watchChain({
    ...{ client, net, records, times, say, signal: both },
    onBlock: (block) => {
      height = Number(block.height);
      stalls.seen();
      if (records.allEnded(rounds)) over.resolve();
    },
  });
  // All of them go on until they are stopped, so an earlier end is a failure.
  for (const going of [agents, watching, node().ended])
    going.catch((error: unknown) => over.reject(haltedError(error)));
  signal.addEventListener("abort", () => over.reject(signal.reason), { once: true });
  // Whoever closes early does not wait for it.
  over.promise.catch(() => undefined);

  const rest = async (): Promise<void> => {
    stalls.stop();
    stopping.abort(new Error("the demo is over"));
    await Promise.allSettled([agents, watching]);
  };
  closers.add(rest);
  return {
    ...{ node, dataUrl: data.url, proverUrl: prover.url, records, models, finished: over.promise },
    height: () => height,
    pause: async () => {
      stalls.stop();
      if (!keep) await rest();
      await node().stop();
    },
    resume: restart,
  };
}
