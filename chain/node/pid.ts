import type { ChildProcess } from "node:child_process";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Exit, runProgram, stopProcess } from "./process.ts";

/** A process, told apart from a later one that was given the same number. */
interface Identity {
  readonly pid: number;
  /** When it was started, in milliseconds since 1970, to the second. */
  readonly startedMs: number;
  /** Its command line. */
  readonly command: string;
}

const POLL_MS = 50;
/** What `ps` says of one process's start may move by this when the clock is set. */
const CLOCK_SLACK_MS = 5_000;
const LEFTOVER_SIGNALS = [
  ["SIGTERM", 3_000],
  ["SIGKILL", 5_000],
] as const;
/** `Fri Nov 28 23:54:26 2026`, then the command. */
const LSTART_CHARACTERS = 24;

/** Another node holds the home. */
export class HomeTaken extends Error {
  override readonly name = "HomeTaken";
}

/** The process of that number; undefined when there is none, or only a zombie of it. */
async function identityOf(pid: number): Promise<Identity | undefined> {
  try {
    const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C" };
    const line = (await runProgram("ps", ["-ww", "-o", "stat=,lstart=,args=", "-p", `${pid}`], env)).trim();
    const [, state = "", rest = ""] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    if (state === "" || state.startsWith("Z")) return undefined;
    const startedMs = Date.parse(rest.slice(0, LSTART_CHARACTERS));
    return { pid, startedMs, command: rest.slice(LSTART_CHARACTERS).trim() };
  } catch {
    return undefined;
  }
}

/** Notes which process runs, for whoever comes after it. */
export async function notePid(file: string, pid: number): Promise<void> {
  const identity = await identityOf(pid);
  if (identity !== undefined) writeFileSync(file, JSON.stringify(identity), { mode: 0o600 });
}

/** Notes a process that was just started, or ends it: else nobody could end it later. */
export async function noteChild(file: string, child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.pid === undefined) return;
  try {
    await notePid(file, child.pid);
  } catch (error) {
    await stopProcess(child, exited, 0);
    throw error;
  }
}

/** The process that a file names, if it runs still and is the same one. */
async function noted(file: string): Promise<Identity | undefined> {
  let was: Partial<Identity>;
  try {
    was = JSON.parse(readFileSync(file, "utf8")) as Partial<Identity>;
  } catch {
    return undefined;
  }
  const { pid, startedMs, command } = was;
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 1) return undefined;
  const now = await identityOf(pid);
  if (now === undefined || now.command !== command) return undefined;
  return Math.abs(now.startedMs - (startedMs ?? 0)) <= CLOCK_SLACK_MS ? now : undefined;
}

/** The process that holds a home by this file; undefined where none does. */
export const holderOf = async (file: string): Promise<number | undefined> => (await noted(file))?.pid;

/**
 * Ends the process that a killed node left behind, if the file names one that runs still: it would hold the
 * database or the socket. Only the very process that was noted is touched.
 */
export async function endLeftover(file: string): Promise<void> {
  for (const [signal, graceMs] of LEFTOVER_SIGNALS) {
    const found = await noted(file);
    if (found === undefined || found.pid === process.pid) return rmSync(file, { force: true });
    process.kill(found.pid, signal);
    const endsMs = performance.now() + graceMs;
    while (performance.now() < endsMs && (await noted(file))) await sleep(POLL_MS);
  }
  const stubborn = await noted(file);
  if (stubborn) throw new Error(`process ${stubborn.pid} of an earlier node does not end`);
}

/**
 * Takes a home for this process; the function given back frees it. HomeTaken while another process that took
 * it runs; one that died takes nothing with it.
 */
export async function takeHome(file: string): Promise<() => void> {
  const own = `${file}.${process.pid}`;
  await notePid(own, process.pid);
  try {
    for (;;) {
      const holder = await noted(file);
      if (holder) throw new HomeTaken(`process ${holder.pid} runs this node already`);
      rmSync(file, { force: true });
      if (link(own, file)) return () => rmSync(file, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Gives a file its name, whole; false where the name is given already. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
