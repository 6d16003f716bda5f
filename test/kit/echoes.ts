import { fork } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectPeer } from "#test/chain/abci/kit.ts";
import { mainThreadTimes, waitedOfAll } from "./soak/usage.ts";

/** What became of echoes that an app was asked for all the time, milliseconds. */
export interface EchoReport {
  readonly count: number;
  /** The longest wait, on however busy a machine. */
  readonly slowestMs: number;
  /**
   * The most of such a wait in which nobody lacked a processor: neither a thread of the app (collections wait
   * for helpers) nor this process.
   */
  readonly hungMs: number;
  /** The most processor time that the app's thread took in such a wait. */
  readonly busiestMs: number;
  /** How late this process, which does nothing else, was woken at worst. */
  readonly idleMs: number;
}

/** A process of its own that asks an app for echoes and does nothing else. */
export interface EchoProcess {
  /** Ends it; rejects where an echo was lost. */
  stop(): Promise<EchoReport>;
}

interface Target {
  readonly address: string;
  readonly pid: number;
}

const EVERY_MS = 5;

/** Starts one for the app of that process, at that address. */
export async function startEchoes(target: Target): Promise<EchoProcess> {
  const child = fork(fileURLToPath(import.meta.url), ["--echoes", JSON.stringify(target)]);
  await once(child, "message");
  return {
    async stop() {
      child.send("stop");
      const [report] = (await Promise.race([
        once(child, "message"),
        once(child, "exit").then(() => Promise.reject(new Error("an echo was lost"))),
      ])) as [EchoReport];
      return report;
    },
  };
}

async function echoUntil(signal: AbortSignal, { address, pid }: Target): Promise<EchoReport> {
  const peer = await connectPeer(address);
  const delays = monitorEventLoopDelay({ resolution: EVERY_MS });
  delays.enable();
  const look = () => ({
    app: mainThreadTimes(pid),
    own: mainThreadTimes(process.pid),
    lackedMs: waitedOfAll(pid),
  });
  let [count, slowestMs, hungMs, busiestMs] = [0, 0, 0, 0];
  for (; !signal.aborted; await sleep(EVERY_MS)) {
    const [before, startMs] = [look(), performance.now()];
    const message = String(count++);
    peer.send({ echo: { message } });
    const [answer] = await peer.receive(1);
    const [wallMs, after] = [performance.now() - startMs, look()];
    if (answer?.echo?.message !== message) throw new Error("an echo was lost");
    const ownMs = after.own.ranMs + after.own.waitedMs - before.own.ranMs - before.own.waitedMs;
    slowestMs = Math.max(slowestMs, wallMs);
    hungMs = Math.max(hungMs, wallMs - ownMs - (after.lackedMs - before.lackedMs));
    busiestMs = Math.max(busiestMs, after.app.ranMs - before.app.ranMs);
  }
  delays.disable();
  peer.close();
  return { count, slowestMs, hungMs, busiestMs, idleMs: delays.max / 1e6 - EVERY_MS };
}

if (process.argv[2] === "--echoes" && process.send) {
  const abort = new AbortController();
  process.once("message", () => abort.abort());
  process.send("ready");
  process.send(await echoUntil(abort.signal, JSON.parse(process.argv[3] ?? "") as Target));
  process.disconnect();
}
