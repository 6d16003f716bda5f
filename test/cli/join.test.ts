import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { test } from "node:test";
import { rpcResult } from "#chain/node/status.ts";
import { ConfigError } from "#cli/home/config/file.ts";
import { joinChain } from "#cli/home/join.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { withFolder } from "./program.ts";

/** What a stranger's node says of itself. */
interface Said {
  readonly id?: string;
  readonly listen?: string;
  readonly network?: string;
  readonly hash?: string;
}

const answersOf = ({ id, listen, network, hash }: Said): Readonly<Record<string, unknown>> => ({
  status: {
    node_info: {
      id: id ?? "a".repeat(40),
      network: network ?? "iterum-far",
      listen_addr: listen ?? "tcp://0.0.0.0:26656",
    },
    sync_info: {
      ...{ latest_block_height: "1000", latest_block_time: "2026-01-01T00:00:00Z", latest_app_hash: "AA" },
      ...{ earliest_block_height: "1", catching_up: false },
    },
    validator_info: { address: "AA", voting_power: "0" },
  },
  genesis_chunked: {
    total: "1",
    data: Buffer.from(JSON.stringify({ chain_id: "iterum-far", app_state: {} })).toString("base64"),
  },
  block: { block_id: { hash: hash ?? "B".repeat(64) } },
});

/** Joins by the word of a node that says this; gives the error, and checks that no home was made. */
async function joinBy(said: Said): Promise<unknown> {
  const answers = answersOf(said);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://n").pathname.slice(1);
    response.end(JSON.stringify({ result: answers[path] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await withFolder(async (folder) => {
      const layout = homeLayout(join(folder, "h"));
      const plan = { layout, urls: [url], expected: {}, config: new Map() };
      const error = await joinChain(plan).then(
        () => undefined,
        (refusal: unknown) => refusal,
      );
      assert.equal(existsSync(layout.config), error === undefined);
      return error;
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("what strangers say of themselves goes to a home only in the form of its settings", async () => {
  assert.equal(await joinBy({}), undefined);
  const lies: readonly (readonly [Said, RegExp])[] = [
    [{ id: "a,b" }, /^p2p\.persistent_peers: /],
    [{ listen: 'tcp://1.2.3.4:1"\nseeds = "x' }, /^p2p\.persistent_peers: /],
    [{ hash: 'x"\n' }, /^sync\.trust_hash: /],
  ];
  for (const [said, what] of lies) {
    const error = await joinBy(said);
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, what);
  }
  assert.match(String(await joinBy({ network: "iterum-near" })), /of another chain than the genesis/);
});

test("an answer of a stranger that has no end is given up", async () => {
  function* endless(): Generator<Buffer> {
    for (;;) yield Buffer.alloc(1 << 20, " ");
  }
  const server = createServer((_, response) => {
    // Its end is that of the connection.
    pipeline(Readable.from(endless()), response, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await assert.rejects(rpcResult(url, "status", 60_000), /an answer of more than 33554432 bytes/);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
