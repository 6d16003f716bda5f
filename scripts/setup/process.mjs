import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { cache } from "./paths.mjs";

const folder = `${cache}running/`;
/** What stands for the start of a process where the system does not tell it. */
const unknown = "?";

/**
 * When a process began, in kernel ticks, so that a number used again is not taken for the old process.
 * One that has ended but that its parent has not asked about yet began never.
 * @param {number} pid
 * @returns {string}
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? "never" : (fields[18] ?? unknown);
  } catch {
    return unknown;
  }
}

/**
 * A process as text: its number and its start.
 * @param {number} pid
 */
export const identify = (pid) => `${pid} ${startOf(pid)}`;

/**
 * Whether the process that `identify` described still runs.
 * @param {string} identity
 * @returns {boolean}
 */
export function lives(identity) {
  const [pid = "", start = ""] = identity.split(" ");
  if (!/^[1-9][0-9]*$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (cause) {
    return /** @type {NodeJS.ErrnoException} */ (cause).code === "EPERM";
  }
  return start === unknown || startOf(Number(pid)) === start;
}

/**
 * Notes a child process, which may outlive this one if that is killed; the function returned strikes it out.
 * @param {number | undefined} pid
 * @returns {() => void}
 */
export function noteChild(pid) {
  if (pid === undefined) return () => undefined;
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + pid, identify(pid));
  return () => rmSync(folder + pid, { force: true });
}

/** Ends what an earlier set-up that was killed has left running, lest it write into what is made anew. */
export async function endLeftovers() {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const identity = readFileSync(folder + name, "utf8");
    while (!identity.endsWith(unknown) && lives(identity)) {
      process.kill(Number(name), "SIGKILL");
      await sleep(20);
    }
    rmSync(folder + name);
  }
}
