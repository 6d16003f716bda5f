import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "#chain/node/process.ts";
import { connect } from "#client/connect.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { playUntil } from "#test/kit/game/play.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { dora, exportOf, stakedStage, val } from "../cli/fork/kit.ts";
import { iterum, withFolder } from "../cli/program.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

test("a community forks a chain in the middle of a round, and its own chain starts by its stake", () =>
  withFolder(async (folder) => {
    const world = stakedStage();
    await playUntil(world, 1n, Phase.PHASE_PREDICT);
    const { chainId, initialHeight, appState } = exportOf(world.chain);
    const [file, out, home] = ["export.json", "fork.json", "home"].map((name) => join(folder, name));
    const genesis = {
      ...{ chain_id: chainId, initial_height: `${initialHeight}`, app_state: appState },
      genesis_time: "2026-01-01T00:00:00Z",
    };
    await writeFile(file ?? "", JSON.stringify(genesis));
    const [rpcPort, p2pPort] = [`${await freePort()}`, `${await freePort()}`];
    const stake = `${60n * TOKEN}`;
    const forked = await iterum([
      ...[
        "fork",
        "chain",
        out ?? "",
        "--from-export",
        file ?? "",
        "--chain-id",
        "fork-1",
        "--init",
        home ?? "",
      ],
      ...["--operator", val.address, "--stake", stake, "--rpc-port", rpcPort, "--p2p-port", p2pPort],
      ...["--block-ms", "100", "--drop-members", world.members[0]?.who.address ?? ""],
    ]);
    assert.equal(forked.code, 0, forked.stderr);
    assert.match(forked.stdout, /│ members +│ +4 │ +1 │/);
    assert.match(forked.stdout, /supply: \d+ uiter, as before/);
    assert.equal((JSON.parse(await readFile(out ?? "", "utf8")) as { chain_id: string }).chain_id, "fork-1");

    const node = spawn(process.execPath, [main, "start", "--home", home ?? ""], { stdio: "ignore" });
    const ended = once(node, "close");
    try {
      const client = await untilReached(`http://127.0.0.1:${rpcPort}`, initialHeight + 3n);
      assert.equal(client.chainId, "fork-1");
      assert.equal((await client.rounds.round(GAME_ID, 1n))?.openHeight, initialHeight);
      const [validator] = await client.staking.validators();
      assert.equal(validator?.tokens, 60n * TOKEN);
      assert.ok((await client.bank.balance(dora.address, "uiter")) >= 10_050n * TOKEN);
      client.close();
    } finally {
      node.kill("SIGTERM");
      await ended;
    }
  }));

/** A client of the node once its chain is at the height. */
async function untilReached(rpc: string, height: bigint) {
  for (;;) {
    try {
      const client = await connect({ rpc });
      if ((await client.height()) >= height) return client;
      client.close();
    } catch {
      // It has not begun to listen.
    }
    await sleep(200);
  }
}
