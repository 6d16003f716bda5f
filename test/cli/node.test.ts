import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#chain/node/process.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { withState } from "#cli/node/state.ts";
import { type RunningNode, startNode } from "#cli/node/supervise.ts";
import { connect } from "#client/connect.ts";
import { iterum, withFolder } from "./program.ts";
import { stakesAndEarns } from "./stake.ts";

/** Waits until it holds; the test's own limit is the only one. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Runs work with the node of a fresh home. */
const withNode = (work: (node: RunningNode, whys: readonly string[], home: string) => Promise<void>) =>
  withFolder(async (folder) => {
    const home = join(folder, "h");
    const ports = ["--rpc-port", `${await freePort()}`, "--p2p-port", `${await freePort()}`];
    const made = await iterum(["init", "--home", home, "--block-ms", "100", ...ports]);
    assert.equal(made.code, 0, made.stderr);
    const whys: string[] = [];
    const onRestart = (why: string): void => void whys.push(why);
    const overrides = new Map([["threads.proofs", 1]]);
    const node = await startNode({ layout: homeLayout(home), overrides, onRestart });
    try {
      await work(node, whys, home);
    } finally {
      await node.stop();
    }
  });

test("when the app or CometBFT is killed, both are started again and the chain goes on", () =>
  withNode(async (node, whys, home) => {
    const client = await connect({ rpc: node.rpcUrl, faster: true });
    const heightOf = (): Promise<bigint> => client.height().catch(() => 0n);
    for (const which of ["app", "comet"] as const) {
      const [before, pids] = [await client.height(), node.pids()];
      process.kill(pids[which], "SIGKILL");
      await until(async () => (await heightOf()) > before + 2n);
      assert.ok(!isAlive(pids.app) && !isAlive(pids.comet));
    }
    assert.equal(node.restarts(), 2);
    assert.match(whys[0] ?? "", /the app was killed by SIGKILL/);
    assert.match(whys[1] ?? "", /CometBFT was killed by SIGKILL/);
    client.close();

    const pids = node.pids();
    await node.stop();
    assert.ok(!isAlive(pids.app) && !isAlive(pids.comet));
    const held = await withState(homeLayout(home), (app) => app.invariants().filter(({ holds }) => !holds));
    assert.deepEqual(held, []);
  }));

test("coins are sent and seen from the command line, and the state is exported once the node stands", () =>
  withNode(async (node, _whys, home) => {
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await iterum([...args, "--home", home]);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    await run("keys", "add", "ann", "--dev");
    assert.match(await run("tx", "send", "ann", "12.5", "--from", "faucet"), /^[0-9A-F]{64} in block \d+/m);
    assert.equal(await run("query", "balances", "ann"), "12.5 ITER\n");
    const rounds = JSON.parse(await run("query", "rounds", "--json")) as { roundId: string }[];
    assert.equal(rounds[0]?.roundId, "1");
    assert.match(await run("reward", "list"), /│ +1 │ logloss\/1 │ all +│ classes │/);
    const refused = await iterum(["tx", "send", "ann", "1e9", "--from", "faucet", "--home", home]);
    assert.deepEqual([refused.code, refused.stderr], [1, "✗ amounts are in ITER or uiter, not e9\n"]);
    await stakesAndEarns(run);

    await node.stop();
    const exported = JSON.parse(await run("export")) as {
      readonly initial_height: string;
      readonly genesis_time: string;
      readonly validators: readonly unknown[];
      readonly app_state: { readonly bank: { readonly balances: { amount: string }[] } };
    };
    assert.ok(Number(exported.initial_height) > 2);
    const first = JSON.parse(await readFile(homeLayout(home).genesis, "utf8")) as { genesis_time: string };
    assert.ok(Date.parse(exported.genesis_time) > Date.parse(first.genesis_time));
    assert.deepEqual(exported.validators, [], "stake tells who they are");
    assert.ok(exported.app_state.bank.balances.some(({ amount }) => amount === "12500000"));
  }));
