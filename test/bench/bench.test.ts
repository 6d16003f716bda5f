import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { withApp } from "./app.ts";
import { benchBlocks } from "./blocks.ts";
import { benchSpeed } from "./chain/bench.ts";
import { withFolder } from "./measure.ts";
import { type Figure, figure, pieces } from "./pieces.ts";
import { usageOf } from "./process-usage.ts";
import { type Measured, shown, tableOf } from "./report.ts";
import { benchSendsInProcess } from "./sends-in-process.ts";
import { sendersGenesis, signedSends } from "./signed-sends.ts";

/** Those that need neither a node nor proofs. */
const SHORT = ["settlement", "elections", "maths", "beacon", "threshold", "data", "trainer", "store"];

function assertFigures(figures: readonly Figure[]): void {
  assert.ok(figures.length > 0);
  assert.equal(
    new Set(figures.map(({ name }) => name)).size,
    figures.length,
    "every figure has its own name",
  );
  for (const { name, value } of figures) assert.ok(Number.isFinite(value) && value > 0, `${name}: ${value}`);
}

for (const { name, run } of pieces.filter((piece) => SHORT.includes(piece.name)))
  test(`the bench of ${name} gives a positive number for each figure`, async () => {
    assertFigures(await run("quick"));
  });

test("the bench of blocks runs empty blocks with and without a signed beacon", async () => {
  assertFigures(Object.entries(await benchBlocks("quick")).map(([name, value]) => figure(name, value, "/s")));
});

test("the bench of sends commits every transaction in process", async () => {
  const choice = sendersGenesis(5);
  const figures = await withApp(choice, "signed", (bench) =>
    benchSendsInProcess(bench, signedSends(bench.app, choice.others, 3)),
  );
  assertFigures(Object.entries(figures).map(([name, value]) => figure(name, value, "")));
});

test("the bench of sends stops at a transaction that fails", async () => {
  const choice = sendersGenesis(2);
  const run = withApp(choice, "signed", (bench) => {
    const [first = [], second = []] = signedSends(bench.app, choice.others, 2);
    return benchSendsInProcess(bench, [first.slice(1), second]);
  });
  await assert.rejects(run, /a send failed/);
});

test("the bench of the chain commits every send on a node, and beside it on the bridge alone", async () => {
  const options = { accounts: 40, perAccount: 3, indexer: "null", timeoutCommitMs: 1, appEnv: {} } as const;
  const { chain, ceiling } = await benchSpeed(options, () => undefined);
  for (const [name, { appMicrosPerTx, txPerSecond }] of Object.entries({
    chain,
    ...(ceiling && { ceiling }),
  }))
    assert.ok(txPerSecond > 0 && !(appMicrosPerTx < 0), name);
});

const program = new URL("./main.ts", import.meta.url).pathname;
const runBench = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args]);

test("the program measures the named parts, prints a table and writes the same figures to a file", () =>
  withFolder(async (folder) => {
    const file = join(folder, "bench.json");
    const { stdout } = await runBench("--quick", "--only", "maths,beacon", "--json", file);
    const { measured } = JSON.parse(await readFile(file, "utf8")) as { measured: Measured[] };
    assert.deepEqual(
      measured.map(({ piece }) => piece),
      ["maths", "beacon"],
    );
    for (const { figures } of measured) {
      assertFigures(figures);
      for (const { name, value } of figures)
        assert.ok(
          stdout.split("\n").some((line) => line.includes(name) && line.includes(shown(value))),
          name,
        );
    }
  }));

test("the program refuses a part it does not know and says which there are", async () => {
  await assert.rejects(runBench("--only", "speed"), /known are blocks, sends/);
});

test("the usage of a process counts its time and its memory where the system tells", (t) => {
  const before = usageOf(process.pid);
  if (!before) return t.skip("no /proc");
  const ends = performance.now() + 100;
  while (performance.now() < ends);
  const after = usageOf(process.pid);
  assert.ok(after && after.cpuMicros > before.cpuMicros && after.peakMegabytes > 10);
});

test("the table shows each figure in a line of its own", () => {
  const text = tableOf([
    { piece: "part", seconds: 1, figures: [figure("one", 1234.5, "/s"), figure("two", 0.5, "×")] },
  ]);
  const lines = text.split("\n");
  assert.ok(
    lines.some((line) => /part.*one.*1,235.*\/s/.test(line)),
    text,
  );
  assert.ok(
    lines.some((line) => /two.*0\.50.*×/.test(line)),
    text,
  );
  assert.equal(new Set(lines.map(({ length }) => length)).size, 1, "lines are aligned");
});

test("numbers are shown with about three digits", () => {
  assert.deepEqual([1_234_567, 123.4, 12.34, 1.234, 0.019].map(shown), [
    "1,234,567",
    "123",
    "12.3",
    "1.23",
    "0.02",
  ]);
});
