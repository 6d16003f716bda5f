import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rotatingLog } from "#chain/node/log.ts";
import { endLeftover, notePid } from "#chain/node/pid.ts";
import { inFolder } from "#test/chain/abci/kit.ts";

test("a log and those put aside never take more than their share, and the youngest lines stay", () =>
  inFolder(async (folder) => {
    const file = join(folder, "node.log");
    writeFileSync(file, "old\n", { mode: 0o600 });
    const log = rotatingLog(file, { bytesMax: 100, kept: 2 });
    for (let i = 0; i < 100; i++) log.write(`line ${String(i).padStart(4, "0")}\n`);
    log.close();
    const files = [file, `${file}.1`, `${file}.2`];
    for (const each of files) assert.ok(statSync(each).size <= 100);
    assert.equal(existsSync(`${file}.3`), false);
    assert.equal(statSync(file).mode & 0o077, 0);
    const kept = files.reverse().map((each) => readFileSync(each, "utf8"));
    const lines = kept.join("").trim().split("\n");
    const first = 100 - lines.length;
    assert.deepEqual(
      lines,
      Array.from({ length: lines.length }, (_, i) => `line ${String(first + i).padStart(4, "0")}`),
    );
  }));

test("only the very process that was noted is ended, not another one with its number", () =>
  inFolder(async (folder) => {
    const file = join(folder, "app.pid");
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
    const exited = once(child, "exit");
    try {
      await notePid(file, child.pid ?? 0);
      const noted = readFileSync(file, "utf8");
      const { startedMs } = JSON.parse(noted) as { startedMs: number };
      for (const change of [{ startedMs: startedMs - 60_000 }, { command: "another program" }]) {
        writeFileSync(file, JSON.stringify({ ...JSON.parse(noted), ...change }));
        await endLeftover(file);
        assert.equal(existsSync(file), false);
        assert.equal(child.exitCode ?? child.signalCode, null);
      }
      for (const nonsense of ["", "12", '{"pid":1}', JSON.stringify({ pid: process.pid })]) {
        writeFileSync(file, nonsense);
        await endLeftover(file);
      }
      writeFileSync(file, noted);
      await endLeftover(file);
      assert.deepEqual(await exited, [null, "SIGTERM"]);
    } finally {
      child.kill("SIGKILL");
    }
  }));
