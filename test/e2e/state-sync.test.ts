import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths, initHome } from "#chain/node/config.ts";
import { freePort } from "#chain/node/process.ts";
import { type SupervisedNode, superviseNode } from "#chain/node/supervisor.ts";
import { msgSend } from "#client/bank.ts";
import { connect } from "#client/connect.ts";
import { signerFromKey } from "#client/signer.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { startApp, startNode, type TestNode } from "#test/kit/node.ts";
import { addressOf } from "../chain/mempool/peer.ts";

/** Slower than gossip brings old blocks, 100 ms each, to a node that is behind. */
const PACE_MS = 500;
const SNAPSHOT_EVERY = 3;
const [ann, bob] = people("ann", "bob") as [Person, Person];

async function ask<T>(rpcUrl: string, path: string): Promise<T> {
  const response = await fetch(`${rpcUrl}/${path}`, { signal: AbortSignal.timeout(60_000) });
  return ((await response.json()) as { result: T }).result;
}

/** Hash of a block's header, in hexadecimal. */
async function blockHash(rpcUrl: string, height: bigint): Promise<string> {
  const { block_id } = await ask<{ block_id: { hash: string } }>(rpcUrl, `block?height=${height}`);
  return block_id.hash;
}

/** Hash of the state after a block: the next one's header has it. */
async function appHashAfter(rpcUrl: string, height: bigint): Promise<string> {
  const path = `block?height=${height + 1n}`;
  const { block } = await ask<{ block: { header: { app_hash: string } } }>(rpcUrl, path);
  return block.header.app_hash.toLowerCase();
}

/** Height and hash of the state that a node's own app holds. */
async function ownState(rpcUrl: string): Promise<{ height: bigint; appHash: string }> {
  interface Info {
    readonly response: { readonly last_block_height: string; readonly last_block_app_hash: string };
  }
  const { response } = await ask<Info>(rpcUrl, "abci_info");
  const appHash = Buffer.from(response.last_block_app_hash, "base64").toString("hex");
  return { height: BigInt(response.last_block_height), appHash };
}

/** Makes the home of a node that has nothing but the genesis, and trusts one block of the other. */
async function joiningHome(other: TestNode, home: string): Promise<void> {
  const height = 2n;
  const trusted = { height, hash: await blockHash(other.rpcUrl, height) };
  const paths = await initHome(findCometBft(), home, {
    ...{ chainId: CHAIN_ID, moniker: "joining", appState: {}, timeoutCommitMs: PACE_MS },
    ...{ rpcPort: await freePort(), p2pPort: await freePort() },
    joining: { peers: [await addressOf(other.home)], rpcUrls: [other.rpcUrl, other.rpcUrl], trusted },
  });
  await copyFile(homePaths(other.home).genesis, paths.genesis);
}

/** Waits until the node's own app is at the height; gives its state. */
async function untilAt(node: SupervisedNode, height: bigint) {
  for (; ; await sleep(50)) {
    const state = await ownState(node.rpcUrl).catch(() => undefined);
    if (state && state.height >= height) return state;
  }
}

/** The node follows: its own app comes to later heights, with the hashes of the chain. */
async function expectFollows(node: SupervisedNode, other: TestNode): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const { height, appHash } = await untilAt(node, (await other.height()) + 1n);
    await other.until(height + 1n);
    assert.equal(appHash, await appHashAfter(other.rpcUrl, height));
  }
}

async function pay(rpcUrl: string, amount: bigint): Promise<void> {
  const client = await connect({ rpc: rpcUrl, signer: await signerFromKey(ann.secretKey), faster: true });
  const coins = [{ denom: DENOM, amount }];
  const { code } = await client.send([
    msgSend({ fromAddress: ann.address, toAddress: bob.address, amount: coins }),
  ]);
  assert.equal(code, 0);
  client.close();
}

/** Lets the node make a snapshot of now, and from then on none, so that this one stays. */
async function keepSnapshot(node: TestNode, env: NodeJS.ProcessEnv): Promise<bigint> {
  const height = await node.height();
  const made = async (): Promise<bigint[]> => {
    const names = await readdir(join(node.home, "snapshots")).catch(() => []);
    return names.filter((name) => /^[0-9]+$/.test(name)).map(BigInt);
  };
  while (!(await made()).some((each) => each > height)) await sleep(50);
  await node.stop();
  env["ITERUM_TEST_SNAPSHOTS"] = "0";
  await node.start();
  return height;
}

async function balanceOfBob(rpcUrl: string): Promise<bigint> {
  const client = await connect({ rpc: rpcUrl });
  const amount = await client.bank.balance(bob.address, DENOM);
  client.close();
  return amount;
}

test("a node joins by a snapshot of a peer, follows, and does so after a restart", async () => {
  const env: NodeJS.ProcessEnv = { ITERUM_TEST_SNAPSHOTS: `${SNAPSHOT_EVERY}` };
  const first = await startNode({ members: people("m1"), others: [ann, bob] }, PACE_MS, env);
  const home = await mkdtemp(join(tmpdir(), "iterum-join-"));
  const start = (): Promise<SupervisedNode> =>
    superviseNode({
      ...{ home, binary: findCometBft(), startApp: () => startApp(home) },
      // Looking for snapshots takes five seconds: no reason to give the node up.
      patience: { firstBlockMs: 1_000 },
    });
  let second: SupervisedNode | undefined;
  try {
    await pay(first.rpcUrl, 7n);
    const height = await keepSnapshot(first, env);
    await joiningHome(first, home);
    second = await start();
    await expectFollows(second, first);
    const { sync_info } = await ask<{ sync_info: { earliest_block_height: string } }>(
      second.rpcUrl,
      "status",
    );
    assert.ok(BigInt(sync_info.earliest_block_height) > height, "it has no block of before");
    assert.equal(await balanceOfBob(second.rpcUrl), await balanceOfBob(first.rpcUrl));

    await second.stop();
    await pay(first.rpcUrl, 5n);
    second = await start();
    await expectFollows(second, first);
    assert.equal(await balanceOfBob(second.rpcUrl), await balanceOfBob(first.rpcUrl));
    assert.equal(second.restarts(), 0);
  } finally {
    await second?.stop();
    await first.remove();
    await rm(home, { recursive: true, force: true });
  }
});
