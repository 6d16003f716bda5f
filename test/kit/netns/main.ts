import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeNetworks } from "./namespaces.ts";
import type { Plan } from "./plan.ts";
import { runPlan } from "./run.ts";

// A process in the hub of a network that runs a plan: `main.ts OWNER FOLDER`. It ends when its input does and
// tidies up then in the place of its starter, who has been killed.
const [, , owner = "", folder = ""] = process.argv;
const stop = new AbortController();
process.stdin.on("end", () => stop.abort()).resume();
process.once("SIGTERM", () => stop.abort()).once("SIGINT", () => stop.abort());
const plan = JSON.parse(await readFile(join(folder, "plan.json"), "utf8")) as Plan;
const log = (line: string): void => console.log(line);
try {
  const report = await runPlan(Number(owner), join(folder, "nodes"), plan, stop.signal, log);
  await writeFile(join(folder, "report.json"), JSON.stringify(report));
} finally {
  process.stdin.destroy();
  if (stop.signal.aborted) {
    await rm(folder, { recursive: true, force: true });
    await removeNetworks((each) => each === Number(owner));
    // What the run waits for will not come.
    process.exit(1);
  }
}
