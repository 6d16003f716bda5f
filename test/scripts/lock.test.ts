import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { takeLock } from "#scripts/setup/lock.mjs";
import { identify, lives } from "#scripts/setup/process.mjs";

const folder = mkdtempSync(join(tmpdir(), "iterum-lock-"));
const path = join(folder, "lock");
const lockModule = new URL("../../scripts/setup/lock.mjs", import.meta.url).href;

after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program that takes the lock, notes in and out, and ends. */
const program = `
import { appendFileSync } from "node:fs";
import { takeLock } from ${JSON.stringify(lockModule)};
const [path, notes] = process.argv.slice(1);
for (let i = 0; i < 5; i++) {
  const free = await takeLock(path, () => undefined);
  appendFileSync(notes, "in " + process.pid + "\\n");
  await new Promise((done) => setTimeout(done, 3));
  appendFileSync(notes, "out " + process.pid + "\\n");
  free();
}`;

test("processes that want the lock have it one after the other", async () => {
  const notes = join(folder, "notes");
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ["--input-type=module", "-e", program, path, notes], { stdio: "inherit" }),
  );
  const codes = await Promise.all(children.map((child) => once(child, "close")));
  assert.deepEqual(
    codes.map(([code]) => code),
    [0, 0, 0],
  );
  const lines = readFileSync(notes, "utf8").trim().split("\n");
  assert.equal(lines.length, 30);
  for (let i = 0; i < lines.length; i += 2)
    assert.equal(lines[i]?.replace("in", "out"), lines[i + 1], `line ${i}`);
  assert.ok(!existsSync(path));
});

test("a lock whose process died is taken over", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  writeFileSync(path, `${child.pid} ?`);
  (await takeLock(path, () => assert.fail("must not wait")))();
  assert.deepEqual(readdirSync(folder), ["notes"]);
});

test("a lock cut short while it was written is taken over", async () => {
  writeFileSync(path, "");
  (await takeLock(path, () => assert.fail("must not wait")))();
  assert.ok(!existsSync(path));
});

test("a living process with a number used again does not hold an old lock", async (t) => {
  if (!existsSync("/proc/self/stat")) return t.skip("the system does not tell when a process began");
  writeFileSync(path, `${process.pid} 1`);
  (await takeLock(path, () => assert.fail("must not wait")))();
  assert.ok(!existsSync(path));
});

test("a process lives from its start to its end", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  const identity = identify(child.pid as number);
  assert.ok(lives(identity));
  child.kill();
  await once(child, "close");
  assert.ok(!lives(identity));
  assert.ok(!lives(""));
});

test("the lock of another is never let go", async () => {
  const free = await takeLock(path, () => undefined);
  writeFileSync(path, "1 another");
  free();
  assert.equal(readFileSync(path, "utf8"), "1 another");
});
