import { mkdirSync, writeFileSync } from "node:fs";
import { cometbftStep } from "./cometbft.mjs";
import { SetupError } from "./exec.mjs";
import { takeLock } from "./lock.mjs";
import { npmStep } from "./npm.mjs";
import { cache } from "./paths.mjs";
import { endLeftovers } from "./process.mjs";
import { newProgress, seconds } from "./progress.mjs";
import { proverStep } from "./prover.mjs";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} hint how long it takes
 * @property {() => boolean} isDone cheap and exact enough to notice an interrupted or undone step
 * @property {() => string} describe what is there once it is done
 * @property {(runner: import("./exec.mjs").Runner) => Promise<void>} perform
 */

/** @type {Readonly<Record<string, Step>>} */
const steps = { npm: npmStep, cometbft: cometbftStep, prover: proverStep };
export const stepNames = Object.keys(steps);

/**
 * Makes what is missing among the named steps, at the same time; a failure ends the others.
 * @param {{ only: readonly string[], quiet: boolean, summary: boolean }} options
 */
export async function setUp({ only, quiet, summary }) {
  const begin = Date.now();
  const wanted = Object.entries(steps).flatMap(([name, step]) => (only.includes(name) ? [step] : []));
  if (wanted.some((step) => !step.isDone())) await makeMissing(wanted, quiet);
  if (summary && !quiet) {
    const parts = wanted.map((step) => step.describe()).join(", ");
    process.stderr.write(`✓ ready in ${seconds(Date.now() - begin)}: ${parts}\n`);
  }
}

/**
 * @param {readonly Step[]} wanted
 * @param {boolean} quiet
 */
async function makeMissing(wanted, quiet) {
  mkdirSync(cache, { recursive: true });
  const progress = newProgress({ stream: process.stderr, quiet });
  const unlock = await takeLock(`${cache}setup.lock`, (pid) =>
    progress.say(`… waiting for the set-up that runs as process ${pid}`),
  );
  process.once("exit", () => {
    progress.stop();
    unlock();
  });
  const abort = new AbortController();
  const log = `${cache}setup.log`;
  writeFileSync(log, `${new Date().toISOString()}\n`);
  try {
    await endLeftovers();
    // Once more: another process may have done it while this one waited.
    const missing = wanted.filter((step) => !step.isDone());
    const works = missing.map((step) => performOne(step, { log, signal: abort.signal }, progress));
    await Promise.all(works).catch(async (cause) => {
      abort.abort();
      await Promise.allSettled(works);
      throw cause;
    });
  } finally {
    progress.stop();
    unlock();
  }
}

/**
 * @param {Step} step
 * @param {import("./exec.mjs").Runner} runner
 * @param {import("./progress.mjs").Progress} progress
 */
async function performOne(step, runner, progress) {
  const end = progress.start(step.name, step.hint);
  try {
    await step.perform(runner);
    if (!step.isDone()) throw new SetupError(`${step.name}: done, but not found afterwards`);
  } catch (cause) {
    end();
    throw cause;
  }
  end(step.name);
}

/**
 * Prints a failure for the person at the terminal: its one line last, after what the command said.
 * @param {unknown} cause
 */
export function reportFailure(cause) {
  if (!(cause instanceof SetupError)) throw cause;
  if (cause.output !== "") process.stderr.write(`${cause.output}\n(all of it: .cache/setup.log)\n`);
  process.stderr.write(`✗ ${cause.message}\n`);
}
