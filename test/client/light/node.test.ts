import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "#chain/bytes/hex.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { freePort } from "#chain/node/process.ts";
import { msgSend } from "#client/bank.ts";
import { type ConnectOptions, connect, type IterumClient, type LightTrust } from "#client/connect.ts";
import { ClientError } from "#client/errors.ts";
import { headerHash } from "#client/light/block.ts";
import { entries } from "#client/light/entries.ts";
import { LightError, type LightFault } from "#client/light/error.ts";
import { commitOf, fieldsOf, headerOf } from "#client/light/json.ts";
import { rpcSource } from "#client/light/source.ts";
import { signerFromKey } from "#client/signer.ts";
import { type Person, people, person } from "../../kit/accounts.ts";
import { type Random, seeded } from "../../kit/game/random.ts";
import { CHAIN_ID, DENOM, GAME_ID } from "../../kit/genesis.ts";
import { startNode, type TestNode } from "../../kit/node.ts";
import { type Alter, proxyTo, type RpcProxy } from "../../kit/proxy.ts";

const [ann] = people("ann") as [Person];
const PACE_MS = 150;
const TRUSTED_HEIGHT = 2n;

let node: TestNode;
let proxy: RpcProxy;
let trusted: NonNullable<LightTrust["trusted"]>;
before(async () => {
  node = await startNode({ members: [], others: [ann] }, PACE_MS);
  proxy = await proxyTo(node.rpcUrl);
  await node.until(TRUSTED_HEIGHT + 2n);
  const block = await rpcSource(node.rpcUrl).block(TRUSTED_HEIGHT);
  assert.ok(block);
  trusted = { height: TRUSTED_HEIGHT, hash: toHex(headerHash(block.header)) };
});
after(async () => {
  await proxy?.close();
  await node?.remove();
});

async function withClient<T>(
  options: Partial<ConnectOptions>,
  use: (client: IterumClient) => Promise<T>,
): Promise<T> {
  const signer = await signerFromKey(ann.secretKey);
  const client = await connect({ rpc: node.rpcUrl, signer, faster: true, light: { trusted }, ...options });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const isFault =
  (wanted: LightFault) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof LightError, String(error));
    assert.equal(error.fault, wanted, error.message);
    return true;
  };

/** What the node's own RPC says of a block. */
async function shownHash(rpcUrl: string, height: bigint): Promise<string | undefined> {
  const answer = await (await fetch(`${rpcUrl}/block?height=${height}`)).json();
  const { result } = answer as { readonly result?: { readonly block_id: { readonly hash: string } } };
  return result?.block_id.hash.toLowerCase();
}

test("the hash of a real header is the one that CometBFT says", async () => {
  assert.equal(await shownHash(node.rpcUrl, TRUSTED_HEIGHT), trusted.hash);
});

/** Something of JSON in which one part, at any depth, is another. */
function spoilt(value: unknown, random: Random): unknown {
  const odd = [null, 0, -1, 1e300, "", "zz", "9".repeat(30), "2026-13-41T25:00:00Z", true, [], {}, undefined];
  if (typeof value !== "object" || value === null || random.chance(0.15)) return random.pick(odd);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(odd);
  const key = random.pick(keys);
  const part = spoilt((value as Record<string, unknown>)[key], random);
  return Array.isArray(value) ? value.with(Number(key), part) : { ...value, [key]: part };
}

test("an answer of any other shape is an error of the client and no other", async () => {
  const answer = await (await fetch(`${node.rpcUrl}/commit?height=${TRUSTED_HEIGHT}`)).json();
  const { signed_header: signed } = (answer as { result: { signed_header: unknown } }).result;
  const random = seeded("shapes");
  let refused = 0;
  for (let i = 0; i < 2_000; i++) {
    try {
      const fields = fieldsOf(spoilt(signed, random), "signed header");
      headerOf(fields["header"]);
      commitOf(fields["commit"]);
    } catch (error) {
      assert.ok(error instanceof ClientError, String(error));
      refused++;
    }
  }
  assert.ok(refused > 500, `${refused}`);
});

test("a node that gives a set of validators one by one is not asked for the next", async () => {
  let pages = 0;
  proxy.alter(({ method, answer }) => {
    if (method !== "validators") return answer;
    pages++;
    return { ...answer, result: { ...(answer["result"] as object), total: "10000" } };
  });
  await assert.rejects(
    rpcSource(proxy.url).block(TRUSTED_HEIGHT),
    (error) => error instanceof ClientError && error.kind === "badAnswer",
  );
  proxy.alter(({ answer }) => answer);
  assert.equal(pages, 1);
});

test("a balance, an account, a game and a round are proven, and so is what is not there", () =>
  withClient({}, async (client) => {
    const to = person("paid");
    const amount = [{ denom: DENOM, amount: 7n }];
    const sent = await client.send([msgSend({ fromAddress: ann.address, toAddress: to.address, amount })]);
    const entry = entries.balance(to.address, DENOM);
    const { value, ...at } = await client.verified(entry, { atLeast: sent.height });
    assert.ok(value === 7n && at.height >= sent.height && at.timeMs > 0);
    const before = await client.verified(entry, { height: sent.height - 1n });
    assert.deepEqual([before.value, before.height], [undefined, sent.height - 1n]);
    assert.equal((await client.verified(entries.account(ann.address))).value?.sequence, 1n);
    assert.equal((await client.verified(entries.game(GAME_ID))).value?.gameId, GAME_ID);
    assert.equal((await client.verified(entries.game("none"))).value, undefined);
    const round = await client.verified(entries.round(GAME_ID, 1n));
    assert.equal(round.value?.roundId, 1n);
    const header = await client.light?.header(TRUSTED_HEIGHT - 1n);
    assert.equal(header && toHex(headerHash(header)), await shownHash(node.rpcUrl, 1n));
  }));

type Answer = Record<string, Record<string, unknown>>;

/** Changes the answers to a method. */
const changed =
  (method: string, change: (result: Answer) => unknown): Alter =>
  ({ method: asked, answer }) => {
    if (asked === method && answer["result"]) change(answer["result"] as Answer);
    return answer;
  };

const inCommit = (change: (signed: Answer) => unknown): Alter =>
  changed("commit", (result) => change(result["signed_header"] as Answer));

const lies: readonly (readonly [string, LightFault, Alter])[] = [
  [
    "another value",
    "badProof",
    changed("abci_query", ({ response }) =>
      Object.assign(response ?? {}, { value: "AAAAAAAAAAAAAAAAAAAP/w==" }),
    ),
  ],
  ["no value", "badProof", changed("abci_query", ({ response }) => delete response?.["value"])],
  [
    "no proof",
    "badProof",
    changed("abci_query", ({ response }) => Object.assign(response ?? {}, { proofOps: { ops: [] } })),
  ],
  [
    "another state",
    "badBlock",
    inCommit(({ header }) => Object.assign(header ?? {}, { app_hash: "00".repeat(32) })),
  ],
  [
    "another chain",
    "otherChain",
    inCommit(({ header }) => Object.assign(header ?? {}, { chain_id: "other" })),
  ],
  [
    "a signature of nothing",
    "badBlock",
    inCommit(({ commit }) => {
      for (const one of (commit?.["signatures"] ?? []) as Record<string, unknown>[])
        one["signature"] = Buffer.alloc(64, 1).toString("base64");
    }),
  ],
  [
    "other validators",
    "badBlock",
    changed("validators", (result) => {
      for (const one of (result["validators"] ?? []) as unknown as Record<string, unknown>[])
        one["voting_power"] = "999";
    }),
  ],
];

test("a node that lies about a value, a header, a signature or a validator is found out", () =>
  withClient({ rpc: proxy.url }, async (client) => {
    const read = () => client.verified(entries.balance(ann.address, DENOM));
    for (const [name, fault, alter] of lies) {
      // A block that is verified already is not looked at again: a new one is.
      await node.until((await node.height()) + 2n);
      proxy.alter(alter);
      await assert.rejects(read(), isFault(fault), name);
      proxy.alter(({ answer }) => answer);
      assert.ok((await read()).value, name);
    }
  }));

test("a proof of another key, or one of an older state, proves nothing", () =>
  withClient({ rpc: proxy.url }, async (client) => {
    const kept: { answer?: unknown } = {};
    const supply = entries.supply(DENOM);
    proxy.alter(({ method, answer }) => {
      if (method === "abci_query") kept.answer ??= answer;
      return answer;
    });
    const { height } = await client.verified(supply);
    proxy.alter(({ method, answer }) => (method === "abci_query" ? kept.answer : answer));
    await assert.rejects(client.verified(entries.balance(ann.address, DENOM)), isFault("badProof"));
    await assert.rejects(client.verified(supply, { atLeast: height + 1n }), isFault("badProof"));
    proxy.alter(({ answer }) => answer);
  }));

test("trust in another chain, in another block, or that is over, is refused", async () => {
  const other = { ...trusted, hash: "ab".repeat(32) };
  await assert.rejects(
    withClient({ light: { trusted: other } }, async () => undefined),
    isFault("wrongHash"),
  );
  await withClient({ light: { trusted, trustingPeriodMs: 1 } }, (client) =>
    assert.rejects(client.verified(entries.supply(DENOM)), isFault("expired")),
  );
  await withClient({ light: { trusted, witnesses: [proxy.url] } }, async (client) => {
    assert.ok((await client.verified(entries.supply(DENOM))).value);
    await node.until((await node.height()) + 2n);
    proxy.alter(inCommit(({ header }) => Object.assign(header ?? {}, { app_hash: "00".repeat(32) })));
    await assert.rejects(client.verified(entries.supply(DENOM)), isFault("unconfirmed"));
    proxy.alter(({ answer }) => answer);
  });
});

test("CometBFT's own light client follows the chain", async () => {
  const home = await mkdtemp(join(tmpdir(), "iterum-light-"));
  const port = await freePort();
  const args = ["light", CHAIN_ID, "--home-dir", home, "--laddr", `tcp://127.0.0.1:${port}`];
  const trust = ["--height", `${TRUSTED_HEIGHT}`, "--hash", trusted.hash];
  const nodes = ["--primary", node.rpcUrl, "--witnesses", proxy.url];
  const child = spawn(findCometBft(), [...args, ...trust, ...nodes], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { HOME: home },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
  try {
    const height = (await node.height()) + 1n;
    await node.until(height);
    let hash: string | undefined;
    for (let tries = 0; hash === undefined && child.exitCode === null && tries < 300; tries++) {
      hash = await shownHash(`http://127.0.0.1:${port}`, height).catch(() => undefined);
      if (hash === undefined) await sleep(100);
    }
    assert.equal(hash, await shownHash(node.rpcUrl, height), said);
    // It cannot check proofs of the state, and passes none on unchecked.
    const query = `abci_query?path="/store/bank/key"&data=0x02047569746572&prove=true`;
    const answer = (await (await fetch(`http://127.0.0.1:${port}/${query}`)).json()) as { error?: unknown };
    assert.ok(answer.error, JSON.stringify(answer));
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    await rm(home, { recursive: true, force: true });
  }
});
