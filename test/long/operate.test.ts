import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "#chain/node/process.ts";
import { rpcResult, statusOf } from "#chain/node/status.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { type Running, startCommand, until } from "#test/kit/commands.ts";
import { iterum, withFolder } from "../cli/program.ts";

async function command(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await iterum(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const codeOf = async (url: string): Promise<number> => (await fetch(url)).status;

/** Where a node of the net serves what, as it was told. */
async function placesOf(net: Running, name: string) {
  const told = await net.until(
    new RegExp(`^${name}: RPC (\\S+), metrics (\\S+?),(?: API (\\S+),)? home (.*)$`, "m"),
  );
  const [, rpc = "", monitor = "", api, home = ""] = told;
  return { rpc, monitor, api, home };
}

/** Hash of the state after a block, by the header of the next one. */
async function appHashAfter(rpc: string, height: bigint): Promise<string> {
  interface Block {
    readonly block: { readonly header: { readonly app_hash: string } };
  }
  const { block } = await rpcResult<Block>(rpc, `block?height=${height + 1n}`, 60_000);
  return block.header.app_hash;
}

/** The chain stands while one of two validators is paused: its node is ready no more, but healthy. */
async function expectStallSeen(standing: { monitor: string }, paused: { home: string; monitor: string }) {
  const { pid } = JSON.parse(await readFile(homeLayout(paused.home).cometPid, "utf8")) as { pid: number };
  process.kill(pid, "SIGSTOP");
  try {
    await until(async () => (await codeOf(`${standing.monitor}/ready`)) === 503);
    assert.match(
      await (await fetch(`${standing.monitor}/ready`)).text(),
      /the last block, \d+, is \d+ s old/,
    );
    assert.equal(await codeOf(`${standing.monitor}/health`), 200);
    await until(async () => (await codeOf(`${paused.monitor}/health`)) === 503);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  for (const { monitor } of [standing, paused])
    await until(async () => (await codeOf(`${monitor}/ready`)) === 200);
}

/** A node whose peers are all gone catches up with nobody: it is healthy, and not ready. */
async function expectCatchesUp(home: string, monitor: string): Promise<void> {
  const node = startCommand("start", "--home", home);
  try {
    await node.until(/^chain /m);
    const verdict = await fetch(`${monitor}/ready`);
    assert.equal(verdict.status, 503);
    assert.match(await verdict.text(), /it catches up with the chain, at height \d+/);
    assert.equal(await codeOf(`${monitor}/health`), 200);
  } finally {
    await node.end();
  }
}

/** Runs work with the node of a home, which stands again afterwards. */
async function whileRunning<T>(home: string, work: () => Promise<T>): Promise<T> {
  const node = startCommand("start", "--home", home);
  try {
    await node.until(/^chain /m);
    await command("status", "--home", home, "--wait", "600");
    return await work();
  } finally {
    await node.end();
  }
}

/** Spoils every table and journal of a state. */
async function spoil(state: string): Promise<void> {
  const files = (await readdir(state)).filter((name) => /\.(ldb|log)$/.test(name));
  assert.ok(files.length > 0);
  for (const name of files) {
    const file = join(state, name);
    const bytes = await readFile(file);
    await writeFile(
      file,
      bytes.map((byte) => byte ^ 0x5a),
    );
  }
}

/** A node goes back by a height, and to a snapshot when its state is spoilt, and follows the chain again. */
async function expectRecovers(home: string, own: string, rpc: string): Promise<void> {
  const follows = async (): Promise<bigint> => {
    const target = (await statusOf(rpc, 60_000)).height + 2n;
    await until(async () => (await statusOf(own, 60_000)).height > target);
    assert.equal(await appHashAfter(own, target), await appHashAfter(rpc, target));
    return target;
  };
  await whileRunning(home, follows);
  const told = await command("rollback", "--home", home);
  const [app, comet] = [
    /the app is at height (\d+)/.exec(told)?.[1],
    /CometBFT is at height (\d+)/.exec(told)?.[1],
  ];
  assert.equal(app, comet);
  await command("snapshot", "make", "--home", home);
  const [made] = JSON.parse(await command("snapshot", "list", "--home", home, "--json")) as {
    height: string;
  }[];
  assert.equal(made?.height, app);
  await whileRunning(home, follows);
  const refused = await iterum([
    "snapshot",
    "restore",
    `${app}`,
    "--home",
    home,
    "--app-hash",
    "00".repeat(32),
  ]);
  assert.match(refused.stderr, /the snapshot is of the app hash [0-9a-f]{64}/);
  await spoil(homeLayout(home).state);
  assert.notEqual((await iterum(["store", "verify", "--home", home])).code, 0);
  assert.match(await command("snapshot", "restore", `${app}`, "--home", home), /restored height \d+/);
  await command("store", "verify", "--home", home);
  await whileRunning(home, follows);
}

test("a local net stands and goes on; a node that joins it goes back and recovers from a snapshot", () =>
  withFolder(async (folder) => {
    const flags = ["--base-port", "0", "--block-ms", "300", "--set", "metrics.ready_age_max_s=5"];
    const start = () => startCommand("localnet", "2", "--dir", join(folder, "net"), ...flags);
    let net = start();
    try {
      const [first, second] = [await placesOf(net, "node0"), await placesOf(net, "node1")];
      for (const { monitor } of [first, second])
        await until(async () => (await codeOf(`${monitor}/ready`)) === 200);
      await until(() =>
        fetch(`${first.api}/openapi.json`).then(
          (answer) => answer.ok,
          () => false,
        ),
      );
      await expectStallSeen(first, second);
      const home = join(folder, "joined");
      const [rpc, p2p] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      const [metrics, comet] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      const ports = ["--set", `rpc.listen=${rpc}`, "--set", `p2p.listen=${p2p}`, "--set", "threads.proofs=1"];
      ports.push("--set", "metrics.enabled=true", "--set", `metrics.listen=${metrics}`);
      ports.push("--set", `metrics.comet_listen=${comet}`);
      await command("join", `${first.rpc},${second.rpc}`, "--home", home, "--sync", "blocks", ...ports);
      await expectRecovers(home, `http://${rpc}`, first.rpc);
      const before = (await statusOf(first.rpc)).height;
      await net.end();
      assert.match(net.told(), /the homes stay in/);
      await expectCatchesUp(home, `http://${metrics}`);
      net = start();
      await until(async () => (await statusOf((await placesOf(net, "node1")).rpc)).height > before);
    } finally {
      await net.end();
    }
    assert.equal(net.child.exitCode, 0, net.told());
  }));
