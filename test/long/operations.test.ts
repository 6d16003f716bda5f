import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { withFolder } from "../cli/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Every block of commands of a document, in its order. */
const commandsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);

/** Ends what the commands left running, in order, and waits for it. */
const LAST = `
running=$(jobs -p)
if [ -n "$running" ]; then kill $running; wait $running || true; fi
`;

/** Runs a script in an empty home, from the project's folder; gives its exit code and all it told. */
async function runScript(script: string, home: string): Promise<{ code: number | null; told: string }> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, LANG: "C.UTF-8" };
  // A process group of its own, so that nothing of it outlives the test.
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: root, env, detached: true });
  let told = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (process.env["ITERUM_SHOW_COMMANDS"]) process.stdout.write(text);
    });
  const [code] = (await once(child, "exit")) as [number | null];
  try {
    process.kill(-(child.pid ?? 0), "SIGKILL");
  } catch {
    // All of it has ended.
  }
  return { code, told };
}

/** The program, for documents that leave its installation to another one. */
const FIRST = `
mkdir -p ~/bin
ln -sf "$PWD/cli/bin.mjs" ~/bin/iterum
export PATH="$HOME/bin:$PATH"
set -v
`;

for (const document of ["docs/operations.md", "docs/guides/wallets.md"])
  test(`every command of ${document} runs as it is printed, in an empty home`, () =>
    withFolder(async (folder) => {
      const home = join(folder, "home");
      await mkdir(home);
      const blocks = commandsOf(await readFile(join(root, document), "utf8"));
      assert.ok(blocks.length >= 3);
      const { code, told } = await runScript(`${FIRST}${blocks.join("\n")}${LAST}`, home);
      assert.equal(code, 0, told.slice(-6_000));
    }));
