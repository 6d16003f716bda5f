import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Application } from "#chain/abci/application.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import {
  RequestCheckTx,
  RequestCommit,
  RequestFinalizeBlock,
  RequestInfo,
  ResponseCheckTx,
} from "#proto/gen/tendermint/abci.ts";
import { connectPeer, createCounter, inFolder } from "./kit.ts";

const onFailure = (error: unknown): never => assert.fail(String(error));
const finalizeBlock = { ...RequestFinalizeBlock.zero(), height: 1n };

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("what a CometBFT that died has asked for is over before another one asks", () =>
  inFolder(async (folder) => {
    const order: string[] = [];
    const begun = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const counter = createCounter(join(folder, "state.json"));
    const slow: Application = {
      ...counter,
      commit: async (request) => {
        begun.resolve();
        await written.promise;
        order.push("commit");
        return counter.commit(request);
      },
      info: (request) => {
        order.push("info");
        return counter.info(request);
      },
    };
    const address = { path: join(folder, "abci.sock") };
    const server = await startAbciServer({ application: slow, address, onFailure });
    const died = await connectPeer(server.address);
    died.send({ finalizeBlock }, { commit: RequestCommit.zero() });
    await begun.promise;
    died.close();
    const next = await connectPeer(server.address);
    next.send({ echo: { message: "ready" } }, { info: RequestInfo.zero() });
    await next.receive(1);
    const answer = next.receive(1);
    // Whoever is about to be answered is so after some turns of the event loop.
    await turns(100);
    written.resolve();
    assert.equal((await answer)[0]?.info?.lastBlockHeight, 1n);
    assert.deepEqual(order, ["commit", "info"]);
    next.close();
    await server.close();
  }));

test("of long transactions no more than some megabytes are under way at once", () =>
  inFolder(async (folder) => {
    let [underWay, most] = [0, 0];
    const sent = Promise.withResolvers<void>();
    const slow: Application = {
      ...createCounter(join(folder, "state.json")),
      checkTx: async () => {
        most = Math.max(most, ++underWay);
        await sent.promise;
        underWay--;
        return ResponseCheckTx.zero();
      },
    };
    const address = { path: join(folder, "abci.sock") };
    const server = await startAbciServer({ application: slow, address, onFailure });
    const peer = await connectPeer(server.address);
    const long = { checkTx: { ...RequestCheckTx.zero(), tx: new Uint8Array(1_000_000) } };
    peer.send(...Array.from({ length: 20 }, () => long));
    while (peer.socket.writableLength > 0) await turns(1);
    await turns(100);
    sent.resolve();
    assert.equal((await peer.receive(20)).length, 20);
    assert.ok(most > 0 && most <= 5, `${most}`);
    peer.close();
    await server.close();
  }));
