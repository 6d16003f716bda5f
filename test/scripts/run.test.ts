import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { run, SetupError } from "#scripts/setup/exec.mjs";
import { cache, root } from "#scripts/setup/paths.mjs";

const folder = mkdtempSync(join(tmpdir(), "iterum-run-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
}

/** A program in the temporary folder, run as `npm run` would run one. */
function startProgram(source: string, ...args: readonly string[]): ChildProcess {
  const file = join(folder, "program.mjs");
  writeFileSync(file, source);
  return start("scripts/run.mjs", "--only", "npm", file, ...args);
}

test("arguments reach the program, under Node 24 or newer, and its exit code comes back", async () => {
  const child = startProgram(
    "console.log(JSON.stringify([process.version, ...process.argv.slice(2)])); process.exit(7);",
    "--rounds",
    "5",
    "a b",
  );
  const [out, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    once(child, "close"),
  ]);
  const [version, ...rest] = JSON.parse(out) as string[];
  assert.ok(Number(version?.slice(1).split(".")[0]) >= 24, version);
  assert.deepEqual(rest, ["--rounds", "5", "a b"]);
  assert.equal(code, 7);
});

test("a request to end goes through to the program, which ends in its own way", async () => {
  const child = startProgram(`
    process.on("SIGTERM", () => { console.log("ended"); process.exit(3); });
    setInterval(() => undefined, 1000);
    console.log("ready");`);
  let out = "";
  child.stdout?.on("data", (bytes) => {
    out += bytes;
    if (out === "ready\n") child.kill("SIGTERM");
  });
  assert.deepEqual(await once(child, "close"), [3, null]);
  assert.equal(out, "ready\nended\n");
});

test("set-up done once does nothing the second time", async () => {
  const stamps = ["npm.json", "cometbft.json", "prover.json"].map((name) => cache + name);
  const before = stamps.map((path) => statSync(path).mtimeMs);
  const child = start("scripts/setup.mjs");
  const [said, [code]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream),
    once(child, "close"),
  ]);
  assert.equal(code, 0);
  assert.match(said, /^✓ ready in [\d.]+ s: Node 2\d\.[\d.]+, CometBFT 0\.40\.0, EZKL [\d.]+\n$/);
  assert.deepEqual(
    stamps.map((path) => statSync(path).mtimeMs),
    before,
  );
});

test("an unknown step is refused by name", async () => {
  const child = start("scripts/setup.mjs", "--only", "npm,compiler");
  const [said, [code]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream),
    once(child, "close"),
  ]);
  assert.equal(code, 2);
  assert.match(said, /no such step: compiler/);
});

test("a command that fails leaves its last lines with the error and all of them in the log", async () => {
  const runner = { log: join(folder, "log"), signal: new AbortController().signal };
  const script = "for (let i = 0; i < 40; i++) console.error('line ' + i); process.exit(1)";
  await assert.rejects(
    run(runner, process.execPath, ["-e", script], { failure: "it failed" }),
    (cause) =>
      cause instanceof SetupError &&
      cause.message === "it failed" &&
      /^line 25\n.*line 39$/s.test(cause.output),
  );
  await assert.rejects(
    run(runner, join(folder, "missing"), [], { failure: "no such program" }),
    (cause) => cause instanceof SetupError && /ENOENT/.test(cause.output),
  );
});
