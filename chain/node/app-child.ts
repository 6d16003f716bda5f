import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Asker, askerOf } from "./asking.ts";
import { causeOf, type Halt, type HaltCause } from "./exit.ts";
import { rotatingLog, standardOutput } from "./log.ts";
import { endLeftover, noteChild } from "./pid.ts";
import { type Exit, exitOf, stopProcess } from "./process.ts";

/** What the app's process tells the one that started it, besides what its starter agrees upon with it. */
export type AppMessage =
  | { readonly kind: "listening"; readonly height: string }
  | { readonly kind: "halted"; readonly cause: HaltCause; readonly reason: string };

/** How the app's process is started. */
export interface AppProgram {
  /** Arguments of Node: the program and its own. */
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Whether its output goes to this process's own instead. */
  readonly toOutput?: boolean;
  readonly pidFile: string;
  /** Told of messages of other kinds. */
  readonly onMessage?: (message: { readonly kind: string }) => void;
}

/** The end of the app's process, with its last word if it had one. */
export interface AppEnd extends Exit {
  readonly halt?: Halt;
}

/** An app that listens. */
export interface AppChild {
  readonly pid: number;
  /** The height it opened its state at. */
  readonly height: bigint;
  readonly exited: Promise<AppEnd>;
  /** Asks it something that it answers by `answerStarter`. */
  readonly ask: Asker;
  stop(graceMs: number): Promise<AppEnd>;
}

/** The app's process ended, or hung, before it listened. */
export class AppNotStarted extends Error {
  override readonly name = "AppNotStarted";
  readonly end: AppEnd;

  constructor(text: string, end: AppEnd) {
    super(text);
    this.end = end;
  }
}

/** Opening a large state and putting an interrupted write right takes a while. */
const START_MS = 120_000;

/** How often, 10 ms apart, the end of an app is looked for. */
const END_LOOKS = 50;

/** How a process ended, in words. */
export const describeExit = ({ code, signal }: Exit): string =>
  signal ? `was killed by ${signal}` : `ended with ${code}`;

/**
 * Starts the app's process and waits until it listens; its output goes to a bounded log. An app that an
 * earlier, killed node left behind is ended first. Rejects with AppNotStarted.
 */
export async function startAppChild(program: AppProgram): Promise<AppChild> {
  const { args, env = process.env, logFile, pidFile, onMessage, toOutput } = program;
  await endLeftover(pidFile);
  const log = toOutput ? standardOutput : rotatingLog(logFile);
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => log.write(chunk));
  child.once("close", () => log.close());
  const ask = askerOf(child);
  let halt: Halt | undefined;
  const listening = Promise.withResolvers<bigint>();
  child.on("message", (message: AppMessage | { readonly kind: "other" }) => {
    if (message.kind === "listening") listening.resolve(BigInt(message.height));
    else if (message.kind === "halted") halt = { cause: message.cause, reason: message.reason };
    else if ((message.kind as string) !== "answer") onMessage?.(message);
  });
  const exited = exitOf(child).then((exit): AppEnd => ({ ...exit, ...lastWord(exit, halt) }));
  await noteChild(pidFile, child, exited);
  const stop = async (graceMs: number): Promise<AppEnd> => {
    await stopProcess(child, exited, graceMs);
    return exited;
  };
  const timer = new AbortController();
  const late = sleep(START_MS, undefined, { signal: timer.signal }).then(
    () => stop(0),
    () => exited,
  );
  const ended = Promise.race([exited, late]).then((end) => {
    throw new AppNotStarted(`the app ${describeExit(end)} before it listened; see ${logFile}`, end);
  });
  try {
    const height = await Promise.race([listening.promise, ended]);
    return { pid: child.pid ?? 0, height, exited, ask, stop };
  } finally {
    ended.catch(() => undefined);
    timer.abort();
  }
}

/**
 * The end of an app that has just gone, if it has. Many short waits, not a long one: a process that was
 * starved sees its timers run out before it hears what happened meanwhile.
 */
export async function endSoon(app: Pick<AppChild, "exited">): Promise<AppEnd | undefined> {
  for (let look = 0; look < END_LOOKS; look++) {
    const end = await Promise.race([app.exited, sleep(10)]);
    if (end) return end;
  }
  return undefined;
}

/** A process that could not say why it ended still has its exit code. */
function lastWord({ code }: Exit, said: Halt | undefined): { halt?: Halt } {
  if (said) return { halt: said };
  const cause = causeOf(code);
  return cause ? { halt: { cause, reason: `the app ended with ${code}` } } : {};
}
