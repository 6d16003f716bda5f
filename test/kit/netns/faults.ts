import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { SupervisedNode } from "#chain/node/supervisor.ts";
import type { Random } from "#trainer/random.ts";
import { holdSending, loseShare, type Machine, mend, type Network, setLink } from "./namespaces.ts";
import type { Fault } from "./plan.ts";

/** A net that runs. */
export interface Field {
  readonly network: Network;
  readonly nodes: readonly SupervisedNode[];
  readonly random: Random;
}

const FLAP_MAX_MS = 1_500;
const HEAR_MS = 200;

/** Makes the machine answer somebody, so that it sends a packet. */
function nudge({ address, rpcPort }: Machine): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(rpcPort, address);
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(HEAR_MS, end).once("connect", end).once("error", end);
  });
}

async function flap({ network, random }: Field, node: number, signal: AbortSignal): Promise<void> {
  for (let isUp = false; !signal.aborted; isUp = !isUp) {
    await setLink(network, node, isUp);
    await pause(random.below(FLAP_MAX_MS), signal);
  }
}

async function delay(field: Field, machine: Machine, maxMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await holdSending(machine, true);
    await pause(field.random.below(maxMs), signal);
    await holdSending(machine, false);
    await nudge(machine);
  }
}

const pause = (durationMs: number, signal: AbortSignal): Promise<unknown> =>
  sleep(durationMs, undefined, { signal }).catch(() => undefined);

/** Every ordered pair of different nodes. */
function pairs({ nodes }: Field): readonly (readonly [number, number])[] {
  return nodes.flatMap((_, from) => nodes.flatMap((__, to) => (from === to ? [] : [[from, to] as const])));
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is between two lives.
  }
}

async function lose(field: Field, isLost: (from: number, to: number) => boolean, share = 1): Promise<void> {
  for (const [from, to] of pairs(field))
    if (isLost(from, to)) await loseShare(field.network, from, to, share);
}

const SIGNALS = { kill: "SIGKILL", restart: "SIGTERM", pause: "SIGSTOP" } as const;

/** Does it; what goes on by itself ends with the signal and is waited for by `going`. */
async function apply(field: Field, fault: Fault, signal: AbortSignal, undo: Undo): Promise<void> {
  const { network } = field;
  switch (fault.kind) {
    case "kill":
    case "restart":
    case "pause": {
      const pid = field.nodes[fault.node]?.pids()[fault.which] ?? 0;
      if (pid === 0) return;
      signalTo(pid, SIGNALS[fault.kind]);
      if (fault.kind === "pause") undo.push(async () => signalTo(pid, "SIGCONT"));
      return;
    }
    case "disconnect":
      return void (await setLink(network, fault.node, false));
    case "partition":
      return lose(
        field,
        (from, to) => !fault.groups.some((each) => each.includes(from) && each.includes(to)),
      );
    case "oneWay":
      return lose(field, (from, to) => from === fault.from && fault.to.includes(to));
    case "loss":
      return lose(field, () => true, fault.share);
    case "flapping":
      undo.push(wait(flap(field, fault.node, signal)));
      return;
    case "jitter":
      for (const machine of network.machines) undo.push(wait(delay(field, machine, fault.maxMs, signal)));
  }
}

type Undo = (() => Promise<void>)[];

/** Waits for work that has begun; its failure comes up then. */
function wait(work: Promise<void>): () => Promise<void> {
  work.catch(() => undefined);
  return () => work;
}

/** Does all of them at once; the function given back heals them. */
export async function applyFaults(field: Field, faults: readonly Fault[]): Promise<() => Promise<void>> {
  const abort = new AbortController();
  const undo: Undo = [];
  const heal = async (): Promise<void> => {
    abort.abort();
    try {
      for (const each of undo) await each();
    } finally {
      await mend(field.network);
    }
  };
  try {
    for (const fault of faults) await apply(field, fault, abort.signal, undo);
    return heal;
  } catch (error) {
    await heal();
    throw error;
  }
}
