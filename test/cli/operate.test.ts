import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "#chain/node/process.ts";
import { statusOf } from "#chain/node/status.ts";
import { fileValues, writeConfig } from "#cli/home/config/home.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { type Running, startCommand, until } from "#test/kit/commands.ts";
import { iterum, withFolder } from "./program.ts";

const dashboard = new URL("../../docs/grafana/iterum-node.json", import.meta.url);

/** A node that `iterum start` runs, in step with its chain or on the way there. */
async function start(home: string): Promise<Running> {
  const node = startCommand("start", "--home", home, "--log-format", "json");
  await node.until(/"msg":"chain /);
  return node;
}

async function command(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await iterum(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** A home with a monitor, one thread for proofs and a snapshot every few blocks. */
async function makeHome(home: string): Promise<{ readonly monitor: string; readonly comet: string }> {
  const [rpc, p2p, metrics, cometMetrics] = [
    ...[await freePort(), await freePort(), await freePort(), await freePort()],
  ];
  await command("init", "--home", home, "--block-ms", "300", "--rpc-port", `${rpc}`, "--p2p-port", `${p2p}`);
  const layout = homeLayout(home);
  const listens = { monitor: `127.0.0.1:${metrics}`, comet: `127.0.0.1:${cometMetrics}` };
  const changes: [string, Raw][] = [
    ["metrics.enabled", true],
    ["metrics.listen", listens.monitor],
    ["metrics.comet_listen", listens.comet],
    ["metrics.ready_age_max_s", 5],
    ["state.snapshot_every", 3],
    ["state.snapshots_kept", 100],
    ["threads.proofs", 1],
  ];
  await writeConfig(layout, new Map([...(await fileValues(layout)), ...changes]));
  return { monitor: `http://${listens.monitor}`, comet: `http://${listens.comet}` };
}

const statusCode = async (url: string): Promise<number> => (await fetch(url)).status;
const text = async (url: string): Promise<string> => (await fetch(url)).text();

/** Names of all metrics that the queries of the dashboard ask for. */
async function askedMetrics(): Promise<string[]> {
  const { panels } = JSON.parse(await readFile(dashboard, "utf8")) as {
    panels: { targets?: { expr: string }[] }[];
  };
  const exprs = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const names = exprs.flatMap((expr) => expr.match(/\b(?:iterum|cometbft)_[a-z0-9_]+/g) ?? []);
  assert.ok(exprs.length > 30 && exprs.every((expr) => /(?:iterum|cometbft)_/.test(expr)));
  return [...new Set(names)];
}

/** Whether CometBFT is stopped and continued shows: first in its health, then in nothing any more. */
async function expectPauseSeen(home: string, monitor: string): Promise<void> {
  const { pid } = JSON.parse(await readFile(homeLayout(home).cometPid, "utf8")) as { pid: number };
  process.kill(pid, "SIGSTOP");
  try {
    await until(async () => (await statusCode(`${monitor}/health`)) === 503);
    assert.match(await text(`${monitor}/health`), /CometBFT does not answer/);
    assert.equal(await statusCode(`${monitor}/ready`), 503);
    assert.match(await text(`${monitor}/metrics`), /^iterum_up\{process="cometbft"\} 0$/m);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await until(async () => (await statusCode(`${monitor}/ready`)) === 200);
  assert.equal(await statusCode(`${monitor}/health`), 200);
}

/** A start of a home that another process runs changes nothing of it. */
async function expectTaken(home: string): Promise<void> {
  const { cometConfig } = homeLayout(home);
  const before = await readFile(cometConfig, "utf8");
  const flags = ["--set", "metrics.enabled=false", "--set", "node.moniker=late"];
  const second = await iterum(["start", "--home", home, ...flags]);
  assert.notEqual(second.code, 0);
  assert.match(`${second.stdout}${second.stderr}`, /runs this node already/);
  assert.equal(await readFile(cometConfig, "utf8"), before);
}

/** A second node joins by a snapshot, follows, and is stopped by a command. */
async function expectJoins(folder: string, home: string, rpc: string): Promise<void> {
  const joined = join(folder, "joined");
  const ports = [`rpc.listen=127.0.0.1:${await freePort()}`, `p2p.listen=127.0.0.1:${await freePort()}`];
  await until(async () => (await statusOf(rpc)).height > 8n);
  const flags = ["--sync", "snapshot", ...[...ports, "threads.proofs=1"].flatMap((each) => ["--set", each])];
  const told = await command("join", rpc, "--home", joined, "--moniker", "late", ...flags);
  assert.match(told, /genesis SHA-256 [0-9a-f]{64}\ntrusted block \d+ [0-9a-f]{64}\npeer [0-9a-f]{40}@127/);
  const genesis = (file: string) =>
    readFile(homeLayout(file).genesis, "utf8").then((each) => JSON.parse(each));
  assert.deepEqual(await genesis(joined), await genesis(home));
  const late = await start(joined);
  try {
    const own = `http://${ports[0]?.split("=")[1]}`;
    await until(async () => {
      const [a, b] = [await statusOf(own), await statusOf(rpc)];
      return !a.isCatchingUp && a.height + 2n >= b.height;
    });
    assert.ok((await statusOf(own)).earliestHeight > 1n, "it has no block of before the snapshot");
    assert.match(await command("stop", "--home", joined), /the node has stopped/);
    await until(() => late.child.exitCode !== null);
    assert.equal(late.child.exitCode, 0, late.told());
  } finally {
    await late.end();
  }
  const again = await iterum(["stop", "--home", joined]);
  assert.deepEqual([again.code, again.stderr], [1, `✗ no node of ${joined} is running\n`]);
}

test("a node tells how it is, and another joins it by one command", () =>
  withFolder(async (folder) => {
    const home = join(folder, "h");
    const { monitor, comet } = await makeHome(home);
    const node = await start(home);
    try {
      await until(async () => (await statusCode(`${monitor}/ready`)) === 200);
      const status = JSON.parse(await command("status", "--home", home, "--json")) as {
        readonly rpc: string;
        readonly pid: number;
        readonly isCatchingUp: boolean;
      };
      assert.equal(status.pid, node.child.pid);
      assert.equal(status.isCatchingUp, false);
      const metrics = `${await text(`${monitor}/metrics`)}${await text(`${comet}/metrics`)}`;
      const served = new Set([...metrics.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
      const asked = (await askedMetrics()).map((name) => name.replace(/_(bucket|count|sum)$/, ""));
      assert.deepEqual(
        asked.filter((name) => !served.has(name)),
        [],
      );
      assert.match(metrics, /^iterum_block_txs_total\{result="ok"\} [1-9]/m);
      await expectTaken(home);
      await expectPauseSeen(home, monitor);
      await expectJoins(folder, home, status.rpc);
      for (const line of node.told().trim().split("\n")) assert.ok(JSON.parse(line), line);
    } finally {
      await node.end();
    }
    assert.equal(node.child.exitCode, 0, node.told());
  }));
