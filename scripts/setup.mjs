// Makes ready what the project needs: npm packages with the pinned Node, CometBFT, the prover's Python.
// Runs on Node 20 or newer, touches only this folder and the package managers' own caches, and does
// nothing the second time.   node scripts/setup.mjs [--only npm,cometbft,prover] [--quiet]
import { parseArgs } from "node:util";
import { reportFailure, setUp, stepNames } from "./setup/steps.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: stepNames.join(",") },
    quiet: { type: "boolean", default: false },
  },
});
const only = values.only.split(",");
const unknown = only.filter((name) => !stepNames.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`✗ no such step: ${unknown.join(", ")}; there are ${stepNames.join(", ")}\n`);
  process.exit(2);
}
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
}
try {
  await setUp({ only, quiet: values.quiet, summary: true });
} catch (cause) {
  reportFailure(cause);
  process.exitCode = 1;
}
