// Runs the tests: unit tests two files at a time and, beside them, the end-to-end tests one by one. Those
// wait for blocks most of the time; they go first where both want a processor.
//   node scripts/test.mjs [--long] [--node-options…] [PART OF A PATH…]
// A test or file that hangs fails after a generous time instead of blocking the run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const totalsReporter = fileURLToPath(new URL("test/totals.mjs", import.meta.url));
const watchdog = new URL("test/watchdog.mjs", import.meta.url).href;
const minuteMs = 60_000;

const args = process.argv.slice(2);
const long = args.includes("--long");
const nodeOptions = args.filter((arg) => arg.startsWith("--") && arg !== "--long");
const wanted = args.filter((arg) => !arg.startsWith("--"));

/** @param {string} file */
const isSlow = (file) => file.startsWith("test/e2e/");
/** @param {string} file */
const isLong = (file) => file.startsWith("test/long/");
const files = globSync("test/**/*.test.ts", { cwd: root })
  .sort()
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
/**
 * @typedef {{
 *   name: string, files: string[], concurrency: number, timeoutMs: number, priority: number
 * }} Run
 */
/** @type {Run[]} */
const runs = long
  ? [{ name: "long", files: files.filter(isLong), concurrency: 1, timeoutMs: 120 * minuteMs, priority: 0 }]
  : [
      {
        name: "unit",
        files: files.filter((file) => !isSlow(file) && !isLong(file)),
        concurrency: 2,
        timeoutMs: 8 * minuteMs,
        priority: 10,
      },
      {
        name: "end-to-end",
        files: files.filter(isSlow),
        concurrency: 1,
        timeoutMs: 15 * minuteMs,
        priority: 0,
      },
    ];

const folder = mkdtempSync(join(tmpdir(), "iterum-test-"));
/** @type {Record<string, number>[]} */
const totals = [];
try {
  const due = runs.filter((run) => run.files.length > 0);
  // The first one speaks as it goes; the others when they have ended, so that no two mix their lines.
  await Promise.all(due.map((run, place) => perform(run, place === 0)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (totals.length !== 1) printTotals();

/**
 * @param {Run} run
 * @param {boolean} live
 */
async function perform(run, live) {
  const totalsPath = join(folder, `totals-${run.name}.json`);
  const outputPath = join(folder, `${run.name}.txt`);
  const output = live ? undefined : openSync(outputPath, "w");
  const child = spawn(
    process.execPath,
    [
      "--test",
      `--test-concurrency=${run.concurrency}`,
      `--test-timeout=${run.timeoutMs}`,
      `--import=${watchdog}`,
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      `--test-reporter=${totalsReporter}`,
      `--test-reporter-destination=${totalsPath}`,
      ...nodeOptions,
      ...run.files,
    ],
    {
      cwd: root,
      stdio: ["ignore", output ?? "inherit", output ?? "inherit"],
      // A test that is out of time fails first and says where; the watchdog is for what no test notices.
      env: { ...process.env, TEST_FILE_TIMEOUT_MS: String(run.timeoutMs * 2) },
    },
  );
  // A lower priority than one's own needs no right; it is what children of the child get too.
  if (child.pid !== undefined) setPriority(child.pid, run.priority);
  const [code] = await once(child, "close");
  if (output !== undefined) {
    closeSync(output);
    process.stdout.write(readFileSync(outputPath));
  }
  if (code !== 0) process.exitCode = 1;
  totals.push(JSON.parse(readFileSync(totalsPath, "utf8")));
}

/** The sums of all runs, in the words of Node's own reporter. */
function printTotals() {
  for (const name of ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"]) {
    const sum = totals.reduce((total, one) => total + (one[name] ?? 0), 0);
    process.stdout.write(`ℹ ${name} ${sum}\n`);
    if (name === "tests" && sum === 0) process.exitCode = 1;
  }
}
