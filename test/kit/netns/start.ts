import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inside, makeNetwork, removeNetworks } from "./namespaces.ts";
import { machinesOf, type Plan } from "./plan.ts";
import type { Report } from "./report.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const ERRORS_BYTES = 4_000;

/** Removes the networks of this process and a folder. */
async function tidyUp(folder: string): Promise<void> {
  await removeNetworks((owner) => owner === process.pid);
  await rm(folder, { recursive: true, force: true });
}

/** Runs the program in the hub; tells each line that it prints. */
async function runInside(hub: string, folder: string, tell: (line: string) => void): Promise<void> {
  const program = [process.execPath, MAIN, `${process.pid}`, folder];
  const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  const child = spawn("ip", inside(hub, ...program), { env: { ...process.env, PATH } });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-ERRORS_BYTES);
  });
  createInterface(child.stdout).on("line", tell);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`the run ended with ${code ?? signal}: ${errors}`);
}

/**
 * Runs a plan on real nodes, each on a machine of a network of its own, and removes everything. Throws
 * NetnsUnavailable where there are no networks to be had.
 */
export async function runInNetwork(plan: Plan, tell: (line: string) => void): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-netns-"));
  // Ends this process as the signal does, but leaves nothing behind.
  const onSignal = (signal: NodeJS.Signals): void => {
    void tidyUp(folder).finally(() => process.kill(process.pid, signal));
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    const { hub } = await makeNetwork(machinesOf(plan));
    await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
    await runInside(hub, folder, tell);
    return JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as Report;
  } finally {
    await tidyUp(folder);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
