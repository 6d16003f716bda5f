// Runs a program of the project under its pinned Node, after set-up.
//   node scripts/run.mjs [--only npm] FILE [ARGUMENTS…]
// A separate starter, because a shell remembers the system's Node from before the first set-up.
import { spawn } from "node:child_process";
import { projectNode } from "./setup/npm.mjs";
import { reportFailure, setUp, stepNames } from "./setup/steps.mjs";

const args = process.argv.slice(2);
const only = args[0] === "--only" ? (args.splice(0, 2)[1] ?? "").split(",") : stepNames;

process.once("SIGINT", () => process.exit(130));
try {
  await setUp({ only, quiet: false, summary: false });
} catch (cause) {
  reportFailure(cause);
  process.exit(1);
}
process.removeAllListeners("SIGINT");

const child = spawn(projectNode(), args, { stdio: "inherit" });
// The terminal sends Ctrl-C to the program too, which ends in its own way; this process only waits for it.
process.on("SIGINT", () => undefined);
for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (cause) => {
  process.stderr.write(`✗ ${cause.message}\n`);
  process.exit(1);
});
child.on("close", (code, signal) => {
  process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
});
