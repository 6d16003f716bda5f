#!/usr/bin/env node
// The program `iterum`: set-up, then cli/main.ts under the project's own Node.
import { fileURLToPath } from "node:url";

/** Commands that make circuits or prove; whoever runs a node needs no Python. */
const proving = ["demo", "init", "localnet", "fork", "operator", "prover", "trainer"];

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const only = proving.includes(process.argv[2] ?? "") ? [] : ["--only", "npm,cometbft"];
process.argv.splice(2, 0, ...only, main);
await import("#scripts/run.mjs");
