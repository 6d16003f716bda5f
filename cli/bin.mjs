#!/usr/bin/env node
// The program `iterum`: set-up, then cli/main.ts under the project's own Node.
import { fileURLToPath } from "node:url";

process.argv.splice(2, 0, fileURLToPath(new URL("main.ts", import.meta.url)));
await import("#scripts/run.mjs");
