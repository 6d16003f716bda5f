// Checks the sources without running them: lint and format, types, dead code, generated files.
//   node scripts/check.mjs [NAME…]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { seconds } from "./setup/progress.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = `${root}node_modules/.bin/`;
/** @type {Readonly<Record<string, readonly string[]>>} */
const checks = {
  biome: [`${bin}biome`, "check", "--error-on-warnings", "--max-diagnostics=100"],
  tsc: [`${bin}tsc`, "--noEmit", "-p", "."],
  knip: [`${bin}knip`],
  generated: [process.execPath, "proto/emit.ts", "--check"],
  reference: [process.execPath, "proto/reference.ts", "--check"],
};

const wanted = process.argv.slice(2);
for (const [name, [command = "", ...args]] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begin = Date.now();
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) process.exitCode = 1;
  const verdict = code === 0 ? "ok" : "FAILED";
  process.stdout.write(`${code === 0 ? "" : output}${verdict} ${name} (${seconds(Date.now() - begin)})\n`);
}
