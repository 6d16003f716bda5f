import assert from "node:assert/strict";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import { latestHeight } from "#chain/node/status.ts";
import type { SupervisedNode } from "#chain/node/supervisor.ts";
import { type Block, headerHash } from "#client/light/block.ts";
import { LightClient } from "#client/light/client.ts";
import { LightError } from "#client/light/error.ts";
import { rpcSource } from "#client/light/source.ts";
import { BlockIDFlag } from "#proto/gen/tendermint/types.ts";
import { people } from "#test/kit/accounts.ts";
import { CHAIN_ID } from "#test/kit/genesis.ts";
import { type NetNode, withNet } from "#test/kit/net.ts";
import { sourceOf } from "../client/light/chain.ts";

const PACE_MS = 300;
/** Blocks with all validators, then as many with one away. */
const BLOCKS = 8n;

async function untilAt(nodes: readonly SupervisedNode[], height: bigint): Promise<void> {
  for (const node of nodes) while (((await latestHeight(node.rpcUrl)) ?? 0n) < height) await sleep(100);
}

/** All blocks of a chain that one validator of four leaves on its way; `use` sees it while it runs. */
async function playedChain(
  made: readonly NetNode[],
  use: (nodes: readonly SupervisedNode[], blocks: readonly Block[]) => Promise<void>,
): Promise<readonly Block[]> {
  const nodes = await Promise.all(made.map((node) => node.start()));
  try {
    await untilAt(nodes, BLOCKS);
    await nodes[3]?.stop();
    const rest = nodes.slice(0, 3);
    const last = 2n * BLOCKS + 1n;
    await untilAt(rest, last);
    const source = rpcSource(rest[0]?.rpcUrl ?? "");
    const blocks: Block[] = [];
    for (let height = 1n; height <= last; height++)
      blocks.push((await source.block(height)) ?? assert.fail());
    await use(rest, blocks);
    return blocks;
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

const open = (blocks: readonly Block[], options: object): Promise<LightClient> => {
  const [first] = blocks;
  const hash = toHex(headerHash(first?.header ?? assert.fail()));
  const trust = { chainId: CHAIN_ID, trusted: { height: 1n, hash } };
  return LightClient.open({ ...trust, primary: sourceOf(blocks), ...options });
};

async function verifyAll(nodes: readonly SupervisedNode[], blocks: readonly Block[]): Promise<void> {
  const [primary, ...witnesses] = nodes.map(({ rpcUrl }) => rpcSource(rpcUrl));
  const far = await open(blocks, { primary, witnesses });
  const step = await open(blocks, { primary, witnesses });
  const hashes = (light: LightClient, heights: readonly bigint[]) =>
    Promise.all(heights.map(async (height) => toHex(headerHash(await light.header(height)))));
  const heights = blocks.map(({ header }) => header.height);
  const real = blocks.map(({ header }) => toHex(headerHash(header)));
  assert.deepEqual(await hashes(step, heights), real);
  assert.deepEqual((await hashes(far, heights.toReversed())).toReversed(), real);
}

/** Keys as they were, and a genesis of another moment: another chain of the same name. */
async function beginAnew({ home }: NetNode): Promise<void> {
  await rm(home, { recursive: true });
  await cp(`${home}.new`, home, { recursive: true });
  const { genesis } = homePaths(home);
  const content = JSON.parse(await readFile(genesis, "utf8")) as Record<string, unknown>;
  await writeFile(genesis, JSON.stringify({ ...content, genesis_time: "2026-01-01T00:00:00Z" }));
}

test("real commits of four validators are verified; a second chain by their keys is an attack", async (t) => {
  const choice = { members: people("m1"), others: people("ann") };
  await withNet(["one", "two", "three", "four"], choice, PACE_MS, async (made) => {
    for (const { home } of made) await cp(home, `${home}.new`, { recursive: true });
    const blocks = await playedChain(made, verifyAll);
    const absent = blocks.flatMap(({ commit }) =>
      commit.signatures.filter(({ blockIdFlag }) => blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_ABSENT),
    );
    assert.ok(absent.length > 0);

    for (const node of made) await beginAnew(node);
    const forked = await playedChain(made, async () => undefined);
    const target = forked.at(-1) ?? assert.fail();
    // Nobody can tell from one source, for two thirds of the trusted validators did sign it.
    const alone = await open(blocks, { primary: sourceOf([...blocks.slice(0, 1), ...forked.slice(1)]) });
    const believed = await alone.header(target.header.height);
    assert.ok(equalBytes(headerHash(believed), headerHash(target.header)));
    const primary = sourceOf([...blocks.slice(0, 1), ...forked.slice(1)]);
    const warned = await open(blocks, { primary, witnesses: [sourceOf(blocks)] });
    await assert.rejects(warned.newest(), (error) => {
      assert.ok(error instanceof LightError && error.fault === "divergence" && error.headers);
      t.diagnostic(error.message);
      return true;
    });
  });
});
