import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A demo that runs in a session of its own, as in a terminal. */
export interface DemoProcess {
  /** Everything written so far, standard error among it. */
  output(): string;
  /** Resolves with the match once the output has one; rejects when the demo ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** What Ctrl-C does: a signal to every process of the terminal's group. */
  interrupt(): void;
  readonly exited: Promise<number | null>;
  /** Command lines of the session's processes that still run. */
  left(): string[];
  /** Kills the demo's own process, and the one that npm starts it with, at once. */
  killMain(): void;
  /** Kills whatever is left. */
  kill(): void;
}

/** Starts `npm run demo` as npm does, with these arguments. */
export function startDemo(...args: readonly string[]): DemoProcess {
  const child = spawn(process.execPath, ["scripts/run.mjs", "cli/main.ts", "demo", ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const session = child.pid ?? 0;
  let output = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const watcher of [...watchers]) watcher();
    });
  const exited = endOf(child);
  const left = (): string[] => membersOf(session).map(({ command }) => command);
  return {
    output: () => output,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(output);
          if (!found) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        exited.then((code) => reject(new Error(`the demo ended with ${code}:\n${output}`)), reject);
        look();
      }),
    interrupt: () => process.kill(-session, "SIGINT"),
    exited,
    left,
    killMain: () => {
      const main = membersOf(session).filter(({ command }) => command.includes("cli/main.ts demo"));
      for (const { pid } of main) process.kill(pid, "SIGKILL");
    },
    kill: () => {
      for (const { pid } of membersOf(session)) process.kill(pid, "SIGKILL");
    },
  };
}

const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once("close", (code) => resolve(code));
    child.once("error", reject);
  });

interface Member {
  readonly pid: number;
  readonly command: string;
}

/** Processes of a session, but for those that have ended and are not yet buried. */
function membersOf(session: number): Member[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^[0-9]+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [state, , , sid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(sid) !== session || state === "Z") return [];
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid: Number(name), command }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}
