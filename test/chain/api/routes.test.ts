import assert from "node:assert/strict";
import { test } from "node:test";
import { anyType } from "#chain/api/any-types.ts";
import { readComments } from "#chain/api/comments.ts";
import { openApi } from "#chain/api/openapi.ts";
import { requestOfTexts } from "#chain/api/request.ts";
import { apiRoutes } from "#chain/api/server.ts";
import { chainRegistry } from "#chain/app/modules.ts";
import type { Json } from "#chain/proto/json.ts";
import { Query as Bank } from "#proto/gen/cosmos/bank.ts";
import { Query as Staking } from "#proto/gen/cosmos/staking.ts";
import { Service as Txs } from "#proto/gen/cosmos/tx.ts";

const registry = chainRegistry();

test("every query of every module has a route", () => {
  const routed = new Set(apiRoutes.map(({ rpc }) => rpc.path));
  assert.deepEqual(
    [...registry.queries.keys()].filter((path) => !routed.has(path)),
    [],
  );
});

test("what transactions and proposals hold is shown by its fields", () => {
  const known = [...registry.messages.values(), ...registry.governed.values(), ...registry.injected.values()];
  assert.deepEqual(
    known.map(({ typeUrl }) => typeUrl).filter((typeUrl) => anyType(typeUrl) === undefined),
    [],
  );
});

test("no two routes have one path, and each part in braces is a field of the request", () => {
  const paths = apiRoutes.map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(paths).size, paths.length);
  for (const { path, rpc } of apiRoutes)
    for (const [, name] of path.matchAll(/\{(\w+)\}/g))
      assert.ok(
        rpc.request.fields.some(({ protoName }) => protoName === name),
        `${path}: ${name}`,
      );
});

test("the OpenAPI document describes every route, and whatever it refers to is in it", () => {
  const document = openApi(apiRoutes, readComments(), "1.2.3");
  const text = JSON.stringify(document);
  const { schemas } = document["components"] as { readonly schemas: Readonly<Record<string, Json>> };
  for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([\w.]+)"/g))
    assert.ok(schemas[name], name);
  const paths = document["paths"] as Readonly<
    Record<string, Readonly<Record<string, { operationId: string }>>>
  >;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  assert.equal(operations.length, apiRoutes.length);
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  assert.match(text, /Weights of the votes so far/);
  assert.match(text, /"name":"pagination.limit"/);
});

test("texts of a URL become the fields of a request, whatever their kind", () => {
  const { pagination } = requestOfTexts(Bank.totalSupply.request, [
    ["pagination.limit", "1000"],
    ["pagination.key", "_-8"],
    ["pagination.reverse", "true"],
    ["cache", "7"],
    ["pagination.cache", "7"],
  ]);
  const key = Uint8Array.of(255, 239);
  assert.deepEqual(pagination, { key, offset: 0n, limit: 1000n, countTotal: false, reverse: true });
  const { events, orderBy } = requestOfTexts(Txs.getTxsEvent.request, [
    ["events", "a='1'"],
    ["events", "b='2'"],
    ["order_by", "ORDER_BY_DESC"],
  ]);
  assert.deepEqual([events, orderBy], [["a='1'", "b='2'"], 2]);
  assert.equal(requestOfTexts(Txs.getTxsEvent.request, [["orderBy", "1"]]).orderBy, 1);
  assert.equal(requestOfTexts(Staking.validators.request, [["status", "BOND"]]).status, "BOND");
});

test("texts of a URL that fit no field's kind, or come twice, are refused", () => {
  const { request } = Bank.totalSupply;
  for (const [name, text] of [
    ["pagination.limit", "-1"],
    ["pagination.limit", "1e3"],
    ["pagination.limit", "18446744073709551616"],
    ["pagination.reverse", "yes"],
    ["pagination", "1"],
  ] as const)
    assert.throws(() => requestOfTexts(request, [[name, text]]), { name: "ApiError" }, `${name}=${text}`);
  const twice = [
    ["pagination.limit", "1"],
    ["pagination.limit", "2"],
  ] as const;
  assert.throws(() => requestOfTexts(request, twice), /given twice/);
  assert.throws(() => requestOfTexts(Txs.getTxsEvent.request, [["order_by", "UP"]]), { name: "ApiError" });
});
