import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { backendOf } from "#chain/api/backend.ts";
import { cometRpc } from "#chain/api/comet.ts";
import { startGrpc } from "#chain/api/grpc.ts";
import { API_LIMITS } from "#chain/api/limits.ts";
import type { Rpc } from "#chain/proto/codec.ts";
import { Query as Bank } from "#proto/gen/cosmos/bank.ts";

test("gRPC takes few calls of one connection at once, and ends though one of them never does", async () => {
  const reached = Promise.withResolvers<Socket>();
  const silent = createServer((socket) => reached.resolve(socket)).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const rpc = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const comet = cometRpc(rpc, { ...API_LIMITS, timeoutMs: 600_000 });
  const calls = [Bank.params as unknown as Rpc<unknown, unknown>];
  const options = { calls, bytesMax: 1_000, concurrentMax: 9, timeoutMs: 100 };
  const grpc = await startGrpc({ backend: backendOf(comet), ...options, host: "127.0.0.1", port: 0 });
  // Its end may well be an error to the caller.
  const session = connectHttp2(`http://127.0.0.1:${grpc.port}`).on("error", () => undefined);
  const [settings] = (await once(session, "remoteSettings")) as [{ maxConcurrentStreams?: number }];
  assert.equal(settings.maxConcurrentStreams, 32);
  const path = Bank.params.path;
  const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request(headers).on("error", () => undefined);
  stream.end(Buffer.alloc(5));
  const asked = await reached.promise;
  const cut = new Promise((resolve) => stream.once("close", resolve));
  await grpc.close();
  await cut;
  session.destroy();
  asked.destroy();
  silent.close();
});
