import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Application } from "#chain/abci/application.ts";
import { type AbciServer, startAbciServer } from "#chain/abci/server.ts";
import {
  type Request,
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestQuery,
  ResponseCheckTx,
} from "#proto/gen/tendermint/abci.ts";
import { connectPeer, createCounter, frameOf, inFolder, kindOf, type Peer } from "./kit.ts";

const checkTx = (...bytes: number[]): Partial<Request> => ({
  checkTx: { ...RequestCheckTx.zero(), tx: Uint8Array.from(bytes) },
});
const echo = (message: string): Partial<Request> => ({ echo: { message } });
const onFailure = (error: unknown): never => assert.fail(String(error));
const zeroOf = (ref: (() => unknown) | undefined): unknown => (ref as () => { zero(): unknown })().zero();
const FLUSH: Partial<Request> = { flush: {} };

/** Runs a server over the counter, changed by `changes`, and closes it with all peers afterwards. */
async function withServer(
  changes: Partial<Application>,
  use: (server: AbciServer, peer: () => Promise<Peer>, failures: unknown[]) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const failures: unknown[] = [];
    const application = { ...createCounter(join(folder, "state.json")), ...changes };
    const address = { path: join(folder, "abci.sock") };
    const server = await startAbciServer({
      application,
      address,
      onFailure: (error) => failures.push(error),
    });
    const peers: Peer[] = [];
    const peer = async (): Promise<Peer> => {
      const made = await connectPeer(server.address);
      peers.push(made);
      return made;
    };
    try {
      await use(server, peer, failures);
    } finally {
      for (const made of peers) made.close();
      await server.close();
    }
    assert.equal(existsSync(address.path), false);
  });
}

test("every method is answered by the answer of its name", () =>
  withServer({}, async (_, peer) => {
    const one = await peer();
    const empty = {
      extendVote: {},
      info: {},
      initChain: {},
      query: {},
      commit: {},
      listSnapshots: {},
      offerSnapshot: {},
    };
    const more = { loadSnapshotChunk: {}, applySnapshotChunk: {}, prepareProposal: {}, processProposal: {} };
    const last = {
      verifyVoteExtension: {},
      insertTx: {},
      reapTxs: {},
      checkTx: {},
      finalizeBlock: {},
      echo: {},
      flush: {},
    };
    const { Request: codec } = await import("#proto/gen/tendermint/abci.ts");
    const names = Object.keys({ ...empty, ...more, ...last });
    assert.deepEqual(names.sort(), codec.fields.map(({ name }) => name).sort());
    for (const name of names) {
      const field = codec.fields.find((f) => f.name === name);
      one.send({ [name]: zeroOf(field?.ref) });
      assert.equal(kindOf((await one.receive(1))[0]), name);
    }
  }));

test("ten thousand pipelined requests are answered in their order", () =>
  withServer({}, async (_, peer) => {
    const one = await peer();
    const requests = Array.from({ length: 10_000 }, (__, i) =>
      i % 3 === 0 ? echo(`${i}`) : i % 3 === 1 ? checkTx() : FLUSH,
    );
    one.send(...requests);
    const answers = await one.receive(requests.length);
    for (const [i, answer] of answers.entries())
      if (i % 3 === 0) assert.equal(answer.echo?.message, `${i}`);
      else if (i % 3 === 1) assert.equal(answer.checkTx?.code, 1);
      else assert.equal(kindOf(answer), "flush");
  }));

test("requests split at every byte are understood", () =>
  withServer({}, async (_, peer) => {
    const one = await peer();
    const bytes = Buffer.concat([frameOf(checkTx(1, 2, 3)), frameOf(echo("x".repeat(200))), frameOf(FLUSH)]);
    for (const byte of bytes) {
      one.socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const kinds = (await one.receive(3)).map(kindOf);
    assert.deepEqual(kinds, ["checkTx", "echo", "flush"]);
  }));

test("late answers keep their order, and checks of transactions run side by side", async () => {
  let underWay = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const slow: Partial<Application> = {
    checkTx: async ({ tx }) => {
      most = Math.max(most, ++underWay);
      // The last one to begin ends first.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 20) for (const end of waiting.splice(0).reverse()) end();
      });
      underWay--;
      return { ...ResponseCheckTx.zero(), code: tx[0] as number };
    },
  };
  await withServer(slow, async (_, peer) => {
    const one = await peer();
    one.send(...Array.from({ length: 20 }, (__, i) => checkTx(i + 1)), FLUSH);
    const answers = await one.receive(21);
    assert.deepEqual(
      answers.slice(0, 20).map(({ checkTx: result }) => result?.code),
      Array.from({ length: 20 }, (__, i) => i + 1),
    );
    assert.equal(kindOf(answers[20]), "flush");
    assert.equal(most, 20);
  });
});

test("consensus is served before checks and queries that came earlier", async () => {
  const order: string[] = [];
  const counter = createCounter("/nonexistent/state.json");
  const note =
    <Q, R>(name: string, method: (request: Q) => R) =>
    (request: Q): R => {
      order.push(name);
      return method(request);
    };
  const noting: Partial<Application> = {
    checkTx: note("checkTx", counter.checkTx),
    query: note("query", counter.query),
    finalizeBlock: note("finalizeBlock", counter.finalizeBlock),
  };
  await withServer(noting, async (_, peer) => {
    const [consensus, mempool, query] = [await peer(), await peer(), await peer()];
    for (const ready of [consensus, mempool, query]) {
      ready.send(echo("ready"));
      await ready.receive(1);
    }
    query.send(...Array.from({ length: 50 }, () => ({ query: RequestQuery.zero() })));
    mempool.send(...Array.from({ length: 50 }, () => checkTx(1)));
    consensus.send({ finalizeBlock: { ...RequestFinalizeBlock.zero(), height: 1n } });
    await Promise.all([consensus.receive(1), mempool.receive(50), query.receive(50)]);
    assert.equal(order[0], "finalizeBlock");
    assert.ok(order.lastIndexOf("checkTx") < order.lastIndexOf("query"));
  });
});

test("no query begins while consensus waits for an answer, and all do afterwards", async () => {
  let isDecided = false;
  let early = 0;
  const begun = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const counter = createCounter("/nonexistent/state.json");
  const slow: Partial<Application> = {
    finalizeBlock: async (request) => {
      begun.resolve();
      await decided.promise;
      return counter.finalizeBlock(request);
    },
    query: (request) => {
      if (!isDecided) early++;
      return counter.query(request);
    },
  };
  await withServer(slow, async (_, peer) => {
    const [consensus, query] = [await peer(), await peer()];
    consensus.send({ finalizeBlock: { ...RequestFinalizeBlock.zero(), height: 1n } });
    await begun.promise;
    // What needs no turn of consensus is answered meanwhile.
    query.send(echo("ready"), ...Array.from({ length: 30 }, () => ({ query: RequestQuery.zero() })));
    await query.receive(1);
    consensus.send(echo("behind"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    isDecided = true;
    decided.resolve();
    assert.deepEqual((await consensus.receive(2)).map(kindOf), ["finalizeBlock", "echo"]);
    assert.ok((await query.receive(30)).every((answer) => kindOf(answer) === "query"));
    assert.equal(early, 0);
  });
});

test("an application that throws is reported to CometBFT and to the node, and serves nothing more", () =>
  withServer({ query: () => assert.fail("broken invariant") }, async (_, peer, failures) => {
    const [one, other] = [await peer(), await peer()];
    one.send(echo("before"), { query: RequestQuery.zero() }, echo("after"));
    const [before, exception] = await one.receive(2);
    assert.equal(before?.echo?.message, "before");
    assert.equal(exception?.exception?.error, "broken invariant");
    await one.ended();
    assert.equal(failures.length, 1);
    other.send(echo("other"));
    await assert.rejects(
      Promise.race([
        other.receive(1),
        new Promise((__, reject) => setTimeout(reject, 100, new Error("silent"))),
      ]),
      /silent/,
    );
  }));

test("an application that rejects later is reported too", () =>
  withServer({ query: async () => assert.fail("late") }, async (_, peer, failures) => {
    const one = await peer();
    one.send({ query: RequestQuery.zero() });
    assert.equal((await one.receive(1))[0]?.exception?.error, "late");
    await one.ended();
    assert.equal(failures.length, 1);
  }));

test("a peer that breaks the protocol loses its connection, and only its own", () =>
  withServer({}, async (_, peer, failures) => {
    const good = await peer();
    const hostile = [
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f),
      Uint8Array.of(0x81, 0x00, 0x0a),
      Uint8Array.of(2, 0x0a, 0x05),
      Uint8Array.of(0),
      Uint8Array.of(3, 0x92, 0x03, 0x00),
      Buffer.from(`GET /${"x".repeat(100)} HTTP/1.1\r\n\r\n`),
    ];
    for (const bytes of hostile) {
      const bad = await peer();
      bad.socket.write(Buffer.concat([frameOf(echo("fine")), bytes]));
      const [fine, exception] = await bad.receive(2);
      assert.equal(fine?.echo?.message, "fine");
      assert.equal(kindOf(exception), "exception");
      await bad.ended();
    }
    good.send(echo("still here"));
    assert.equal((await good.receive(1))[0]?.echo?.message, "still here");
    assert.deepEqual(failures, []);
  }));

test("a peer that sends and does not read does not stop the others", () =>
  withServer({}, async (server, peer) => {
    const deaf = createConnection(server.address.slice("unix://".length));
    const block = Buffer.concat(Array.from({ length: 200 }, () => frameOf(echo("x".repeat(5000)))));
    for (let i = 0; i < 20; i++) deaf.write(block);
    const good = await peer();
    for (let i = 0; i < 20; i++) {
      good.send(echo(`${i}`));
      assert.equal((await good.receive(1))[0]?.echo?.message, `${i}`);
    }
    deaf.destroy();
  }));

test("the socket is the owner's alone and replaces only that of a dead server", () =>
  inFolder(async (folder) => {
    const path = join(folder, "abci.sock");
    const options = { application: createCounter(join(folder, "s")), onFailure };
    const server = await startAbciServer({ ...options, address: { path } });
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await assert.rejects(startAbciServer({ ...options, address: { path } }), /another node listens/);
    await server.close();
    writeFileSync(path, "mine");
    await assert.rejects(startAbciServer({ ...options, address: { path } }), /not a socket/);
    await assert.rejects(
      startAbciServer({ ...options, address: { path: join(folder, "x".repeat(120)) } }),
      /longer than 103 bytes/,
    );
  }));

test("TCP is served on the loopback interface", async () => {
  const options = { application: createCounter("/nonexistent/state.json"), onFailure };
  const server = await startAbciServer({ ...options, address: { port: 0 } });
  assert.match(server.address, /^tcp:\/\/127\.0\.0\.1:\d+$/);
  const peer = await connectPeer(server.address);
  peer.send(echo("hello"));
  assert.equal((await peer.receive(1))[0]?.echo?.message, "hello");
  peer.close();
  await server.close();
});
