import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Application } from "#chain/abci/application.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import { RequestCommit, RequestFinalizeBlock, RequestInfo } from "#proto/gen/tendermint/abci.ts";
import { connectPeer, createCounter, inFolder } from "./kit.ts";

const onFailure = (error: unknown): never => assert.fail(String(error));
const finalizeBlock = { ...RequestFinalizeBlock.zero(), height: 1n };

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
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    written.resolve();
    assert.equal((await answer)[0]?.info?.lastBlockHeight, 1n);
    assert.deepEqual(order, ["commit", "info"]);
    next.close();
    await server.close();
  }));
