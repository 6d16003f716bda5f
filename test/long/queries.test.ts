import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { attackQueries, type LoadReport } from "#test/kit/hostile-load.ts";
import { paceUnderQueries, type Stretch } from "#test/kit/pace.ts";
import { median } from "#test/kit/soak/usage.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const QUERIES = 1_000_000;
const PER_SECOND = 1_000;
const TURNS = 3;
const STRETCH_MS = 10_000;
/** Some queries read all of these, and are refused or take some milliseconds. */
const ACCOUNTS = 10_000;
/** The part of a block's time by which queries may delay it. */
const CHANGE_MAX = 0.05;

test(`${QUERIES} hostile queries are answered with a code while blocks go on`, async (t) => {
  const { answers, codes, slowestMs, height } = await attackQueries(SEED, QUERIES);
  t.diagnostic(
    `seed ${SEED}: ${answers} answers, height ${height}, slowest 64 in ${slowestMs.toFixed(1)} ms`,
  );
  t.diagnostic(JSON.stringify(codes));
  assert.equal(answers, QUERIES);
});

/** Of all stretches of a kind, with the same number of blocks each. */
const medianOf = (
  stretches: readonly Stretch[],
  what: "finalizeMs" | "appMs" | "ranMs" | "waitedMs",
): number => median(stretches.map((stretch) => stretch[what]));

const intervalOf = (stretches: readonly Stretch[]): number =>
  median(stretches.flatMap(({ intervalsMs }) => intervalsMs));

function lineOf(kind: string, stretches: readonly Stretch[]): string {
  const ms = (what: Parameters<typeof medianOf>[1]): string => `${medianOf(stretches, what).toFixed(1)} ms`;
  const sum = (what: keyof LoadReport): number =>
    stretches.reduce((all, { load }) => all + (load?.[what] ?? 0), 0);
  return [
    `${kind}: a block every ${intervalOf(stretches).toFixed(1)} ms`,
    `the app ${ms("appMs")}, FinalizeBlock ${ms("finalizeMs")}`,
    `its thread ran ${ms("ranMs")}, lacked a processor ${ms("waitedMs")}`,
    `${sum("answered")} answered, ${sum("failed")} failed, ${sum("heldBack")} held back`,
  ].join("; ");
}

test(`blocks wait for the app no longer under ${PER_SECOND} hostile queries a second`, async (t) => {
  const { quiet, idle, queries } = await paceUnderQueries({
    ...{ seed: SEED, perSecond: PER_SECOND, turns: TURNS, stretchMs: STRETCH_MS, accounts: ACCOUNTS },
  });
  for (const line of [lineOf("quiet", quiet), lineOf("idle requests", idle), lineOf("queries", queries)])
    t.diagnostic(line);
  const change = (base: readonly Stretch[]): string =>
    `${((intervalOf(queries) / intervalOf(base) - 1) * 100).toFixed(1)} %`;
  t.diagnostic(`seed ${SEED}: intervals ${change(quiet)} on quiet ones, ${change(idle)} on idle requests`);
  for (const { load, intervalsMs } of queries) {
    assert.ok(load && load.answered > 0 && intervalsMs.length > 0);
    assert.equal(load.failed, 0);
  }
  // What CometBFT does for a request of its own RPC slows its blocks too: only the app's part is ours.
  const later = medianOf(queries, "appMs") - medianOf(idle, "appMs");
  assert.ok(later < CHANGE_MAX * intervalOf(quiet), `blocks wait ${later} ms longer for the app`);
});
