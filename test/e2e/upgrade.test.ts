import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { haltCodes } from "#chain/node/exit.ts";
import { NodeHalted, superviseNode } from "#chain/node/supervisor.ts";
import { QueryEditionResponse } from "#proto/gen/iterum/upgrade.ts";
import { people } from "#test/kit/accounts.ts";
import { plannedFor, UPGRADE, upgradedEnv } from "#test/kit/editions.ts";
import { makeHome, startApp } from "#test/kit/node.ts";

const HEIGHT = 5n;

const start = (home: string, env: NodeJS.ProcessEnv = {}) =>
  superviseNode({ home, binary: findCometBft(), startApp: () => startApp(home, env) });

async function result<T>(rpcUrl: string, path: string): Promise<T> {
  const response = await fetch(`${rpcUrl}${path}`);
  return ((await response.json()) as { readonly result: T }).result;
}

interface Block {
  readonly block: { readonly header: { readonly version: { readonly app?: string } } };
}

interface Answer {
  readonly response: { readonly value: string | null };
}

/** What the node says of its rules; a thread that a busy machine starves refuses at first. */
async function editionAt(rpcUrl: string): Promise<QueryEditionResponse> {
  for (;;) {
    const path = "/abci_query?path=%22/iterum.upgrade.v1.Query/Edition%22";
    const { value } = (await result<Answer>(rpcUrl, path)).response;
    if (value !== null) return QueryEditionResponse.decode(Buffer.from(value, "base64"));
    await sleep(50);
  }
}

async function untilHeight(rpcUrl: string, height: bigint): Promise<void> {
  for (;;) {
    const { sync_info: at } = await result<{ sync_info: { latest_block_height: string } }>(rpcUrl, "/status");
    if (BigInt(at.latest_block_height) >= height) return;
    await sleep(50);
  }
}

const halted =
  (why: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof NodeHalted);
    assert.equal(error.exitCode, haltCodes.upgrade);
    assert.match(error.message, why);
    return true;
  };

test("a node stops before an upgrade, and goes on under a program that knows it", async () => {
  const choice = { members: people("ann"), others: [], alter: plannedFor(HEIGHT) };
  const { home } = await makeHome(choice, 100);
  try {
    const old = await start(home);
    const needed = /^upgrade "words" at height 5 needs another program: see the notes$/;
    await assert.rejects(old.ended, halted(needed));
    assert.equal(old.restarts(), 0);
    await assert.rejects(start(home), halted(/^upgrade "words" at height 5 needs another program/));

    const next = await start(home, upgradedEnv);
    try {
      await untilHeight(next.rpcUrl, HEIGHT + 2n);
      const versionOf = async (height: bigint): Promise<string | undefined> =>
        (await result<Block>(next.rpcUrl, `/block?height=${height}`)).block.header.version.app;
      assert.deepEqual([await versionOf(HEIGHT), await versionOf(HEIGHT + 1n)], ["1", "2"]);
      const { edition, applied } = await editionAt(next.rpcUrl);
      assert.deepEqual([edition, applied], [UPGRADE, [{ name: UPGRADE, height: HEIGHT }]]);
    } finally {
      await next.stop();
    }
    await assert.rejects(
      start(home),
      halted(/is under upgrade "words", but this program knows the first rules/),
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
