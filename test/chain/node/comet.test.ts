import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type AbciServer, startAbciServer } from "#chain/abci/server.ts";
import { type Comet, startComet } from "#chain/node/comet.ts";
import { configure } from "#chain/node/comet-settings.ts";
import { findCometBft, isCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths, initHome, type NodeSettings } from "#chain/node/config.ts";
import { freePort } from "#chain/node/process.ts";
import { createCounter, inFolder } from "#test/chain/abci/kit.ts";

async function settings(): Promise<NodeSettings> {
  const [rpcPort, p2pPort] = [await freePort(), await freePort()];
  const pace = { timeoutCommitMs: 10, appState: {} };
  // The counter keeps no transactions of its own.
  return { chainId: "counter-1", moniker: "test", rpcPort, p2pPort, ...pace, mempool: "flood" };
}

async function rpc<T>(comet: Comet, path: string): Promise<T> {
  const response = await fetch(`${comet.rpcUrl}/${path}`);
  return ((await response.json()) as { result: T }).result;
}

async function reachesHeight(comet: Comet, height: number): Promise<void> {
  for (;;) {
    const { sync_info: info } = await rpc<{ sync_info: { latest_block_height: string } }>(comet, "status");
    if (Number(info.latest_block_height) >= height) return;
    await sleep(20);
  }
}

/** Transactions that the counter has seen in blocks. */
async function count(comet: Comet): Promise<string> {
  const query = await rpc<{ response: { value: string } }>(comet, "abci_query?path=%22%22");
  return Buffer.from(query.response.value, "base64").toString();
}

/** A node over the counter; `server` is closed and CometBFT stopped by whoever calls. */
async function startNode(binary: string, home: string): Promise<{ server: AbciServer; comet: Comet }> {
  const server = await startAbciServer({
    application: createCounter(join(home, "counter.json")),
    address: { path: homePaths(home).socket },
    onFailure: (error) => assert.fail(String(error)),
  });
  return { server, comet: await startComet({ binary, home }) };
}

/** Runs `use` over a fresh home and ends what it left running. */
async function withHome(
  use: (home: string, start: () => Promise<{ server: AbciServer; comet: Comet }>) => Promise<void>,
): Promise<void> {
  const binary = findCometBft();
  await inFolder(async (home) => {
    await initHome(binary, home, await settings());
    const started: { server: AbciServer; comet: Comet }[] = [];
    try {
      await use(home, async () => {
        const node = await startNode(binary, home);
        started.push(node);
        await node.comet.ready();
        return node;
      });
    } finally {
      for (const { server, comet } of started) {
        await comet.stop(2000);
        await server.close();
      }
    }
  });
}

test("a chain lives on when the application dies and both are started again", () =>
  withHome(async (home, start) => {
    const first = await start();
    const sent = await rpc<{ code: number }>(first.comet, "broadcast_tx_sync?tx=0x0102");
    assert.equal(sent.code, 0);
    await reachesHeight(first.comet, 3);
    // The transaction comes into a block soon, and the application may be one behind what the node names.
    while ((await count(first.comet)) === "0") await sleep(20);
    assert.equal(await count(first.comet), "1");
    await first.server.close();
    // It takes the loss of its application for a normal end, or hangs while it stops.
    const exit = await Promise.race([first.comet.exited, sleep(3000).then(() => first.comet.stop(0))]);
    assert.ok(exit.code === 0 || exit.signal === "SIGKILL");
    const state = JSON.parse(readFileSync(join(home, "counter.json"), "utf8")) as { height: string };
    // The node names a height once its block is stored: the application may be one behind.
    assert.ok(Number(state.height) >= 2);

    const second = await start();
    await reachesHeight(second.comet, Number(state.height) + 3);
    assert.deepEqual(await second.comet.stop(), { code: 0, signal: null });
    assert.match(readFileSync(homePaths(home).cometLog, "utf8"), /executed block/);
  }));

test("a CometBFT that a killed node left behind is ended before the next one starts", () =>
  withHome(async (_, start) => {
    const first = await start();
    await reachesHeight(first.comet, 1);
    await first.server.close();
    const second = await start();
    await first.comet.exited;
    await reachesHeight(second.comet, 3);
    assert.notEqual(second.comet.pid, first.comet.pid);
  }));

test("a home has keys for its owner only, bounded blocks and no peers", () =>
  inFolder(async (folder) => {
    const home = join(folder, "home");
    const paths = await initHome(findCometBft(), home, {
      ...(await settings()),
      appState: { bank: {} },
      mempool: "app",
    });
    const config = readFileSync(paths.cometConfig, "utf8");
    for (const line of [
      `proxy_app = "unix://${paths.socket}"`,
      "adaptive_sync = false",
      'indexer = "kv"',
      "pex = false",
      "max_tx_bytes = 262144",
      'timeout_commit = "10ms"',
      'type = "app"',
      "prometheus = false",
    ])
      assert.ok(config.split("\n").includes(line), line);
    assert.doesNotMatch(config, /^laddr = "tcp:\/\/0\.0\.0\.0/m);
    const genesis = JSON.parse(readFileSync(paths.genesis, "utf8"));
    assert.deepEqual(genesis.consensus_params.block, { max_bytes: "2097152", max_gas: "200000000" });
    assert.equal(genesis.consensus_params.version.app, "1");
    assert.deepEqual(genesis.app_state, { bank: {} });
    assert.equal(genesis.validators.length, 1);
    assert.equal(statSync(join(paths.comet, "config/priv_validator_key.json")).mode & 0o077, 0);
    assert.equal(statSync(home).mode & 0o077, 0);
    await assert.rejects(initHome(findCometBft(), home, await settings()), /EEXIST/);
  }));

test("an unknown setting is refused, and the same key of another section is left alone", () => {
  const toml = 'a = 1\n[one]\nkey = "x"\n[two]\nkey = "y"';
  assert.equal(
    configure(toml, { two: { key: "z" }, "": { a: 2 } }),
    'a = 2\n[one]\nkey = "x"\n[two]\nkey = "z"',
  );
  assert.throws(() => configure(toml, { one: { other: 1 } }), /no setting one\.other/);
});

test("a program that is not CometBFT 0.40.0 is not started", () =>
  inFolder(async (folder) => {
    assert.equal(isCometBft(process.execPath), false);
    assert.equal(isCometBft(join(folder, "nothing")), false);
    assert.throws(() => findCometBft({ ITERUM_COMETBFT: process.execPath }), /is not CometBFT 0\.40\.0/);
    const found = findCometBft();
    assert.equal(findCometBft({ ITERUM_COMETBFT: found }), found);
  }));

test("a CometBFT that cannot start says why", () =>
  inFolder(async (home) => {
    const binary = findCometBft();
    await initHome(binary, home, await settings());
    writeFileSync(homePaths(home).genesis, "{");
    const comet = await startComet({ binary, home });
    await assert.rejects(comet.ready(), /ended before it was ready; the end of its log:\n.*genesis/s);
    assert.notEqual((await comet.exited).code, 0);
  }));
