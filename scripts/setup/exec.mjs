import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { root } from "./paths.mjs";
import { noteChild } from "./process.mjs";

/** A failure whose message is meant for the person at the terminal: what is wrong and what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [output] last lines of the command that failed
   */
  constructor(message, output = "") {
    super(message);
    this.output = output;
  }
}

/**
 * @typedef {object} Runner
 * @property {string} log file that keeps all output
 * @property {AbortSignal} signal ends what is running
 */

/**
 * Runs a command to its end in the project's folder, without input; its output goes to the log file.
 * @param {Runner} runner
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, failure: string }} options failure: the line to show if it fails
 * @returns {Promise<string>} its standard output
 */
export async function run(runner, command, args, options) {
  const log = createWriteStream(runner.log, { flags: "a" });
  log.write(`\n$ ${command} ${args.join(" ")}\n`);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    signal: runner.signal,
  });
  const strikeOut = noteChild(child.pid);
  /** @type {Buffer[]} */
  const out = [];
  /** @type {Buffer[]} */
  const all = [];
  for (const [stream, sinks] of /** @type {const} */ ([
    [child.stdout, [out, all]],
    [child.stderr, [all]],
  ])) {
    stream.on("data", (bytes) => {
      log.write(bytes);
      for (const sink of sinks) sink.push(bytes);
    });
  }
  try {
    const [code, killedBy] = await once(child, "close");
    if (code === 0) return Buffer.concat(out).toString("utf8");
    throw new SetupError(options.failure, lastLines(all, killedBy));
  } catch (cause) {
    if (cause instanceof SetupError) throw cause;
    throw new SetupError(options.failure, cause instanceof Error ? cause.message : String(cause));
  } finally {
    strikeOut();
    await new Promise((done) => log.end(() => done(undefined)));
  }
}

/**
 * @param {readonly Buffer[]} chunks
 * @param {string | null} killedBy
 */
function lastLines(chunks, killedBy) {
  const lines = Buffer.concat(chunks).toString("utf8").trimEnd().split("\n").slice(-15);
  if (killedBy !== null) lines.push(`(ended by ${killedBy})`);
  return lines.join("\n");
}

/**
 * What a short command prints, or undefined when it is missing or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 */
export async function ask(command, args, env = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 30_000,
  });
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += bytes;
  });
  try {
    const [code] = await once(child, "close");
    return code === 0 ? out.trim() : undefined;
  } catch {
    return undefined;
  }
}
