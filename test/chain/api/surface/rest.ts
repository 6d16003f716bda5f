import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { apiRoutes, startApi } from "#chain/api/server.ts";
import type { Json } from "#chain/proto/json.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { ann, type Body, ben, body, callsOf, operator, stranger, surface, validatorAddress } from "./env.ts";
import { fits, fitterOf, signedSend, until } from "./kit.ts";
import { error, walletSchemas as schemas } from "./schemas.ts";

/** What stands in the place of a field of a path, or of a query that needs it. */
const samples: Readonly<Record<string, string>> = {
  ...{ address: ann.address, granter: ann.address, grantee: ben.address, name: "fees", denom: DENOM },
  ...{ proposal_id: "1", voter: ann.address, depositor: ann.address, params_type: "voting" },
  ...{ validator_addr: validatorAddress, validator_address: validatorAddress, delegator_addr: operator },
  ...{ delegator_address: operator, cons_address: ann.address },
  ...{ height: "1", hash: "AB".repeat(32), game_id: "spam", round_id: "1" },
};

const filled = (path: string): string => {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => samples[name] ?? "1");
  return /^\/iterum\//.test(place)
    ? `${place}?game_id=spam&round_id=1&address=${ann.address}&operator=${operator}`
    : place;
};

interface Operation {
  readonly responses: {
    readonly 200: { readonly content: { readonly "application/json": { schema: Body } } };
  };
}

test("every route answers in the shape of the OpenAPI document, or with an error in its own", async () => {
  const { get } = surface();
  const document = await body(get("/openapi.json"));
  const operations = document["paths"] as unknown as Readonly<Record<string, { readonly get: Operation }>>;
  const fitsPart = fitterOf(document);
  let answered = 0;
  for (const { path } of apiRoutes.filter(({ method }) => method === "GET")) {
    const { status, body } = await get(filled(path));
    if (status !== 200) {
      fits(error, body, path);
      assert.ok([400, 404].includes(status), `${path}: ${status} ${JSON.stringify(body)}`);
      continue;
    }
    answered += 1;
    const part = operations[path]?.get.responses[200].content["application/json"].schema;
    assert.ok(part, path);
    fitsPart(part, body, path);
  }
  assert.ok(answered > apiRoutes.length / 2, `only ${answered} of ${apiRoutes.length} routes answered`);
});

test("a transaction is simulated, broadcast, found by its hash and by its events", async () => {
  const { get, post } = surface();
  const tx_bytes = await signedSend(surface(), ann, stranger.address, 7);
  const simulated = await body(post("/cosmos/tx/v1beta1/simulate", { tx_bytes, tx: null }));
  fits(schemas.simulation, simulated, "simulate");
  const sent = await body(post("/cosmos/tx/v1beta1/txs", { tx_bytes, mode: "BROADCAST_MODE_SYNC" }));
  fits(schemas.broadcast, sent, "broadcast");
  const { txhash, code } = sent["tx_response"] as Body;
  assert.equal(code, 0);
  const found = await until(() => get(`/cosmos/tx/v1beta1/txs/${String(txhash)}`));
  fits(schemas.tx, found, "tx");
  const message = { "@type": "/cosmos.bank.v1beta1.MsgSend", from_address: ann.address };
  const [said] = ((found["tx"] as Body)["body"] as Body)["messages"] as Body[];
  assert.deepEqual(said, {
    ...message,
    to_address: stranger.address,
    amount: [{ denom: DENOM, amount: "7" }],
  });
  const event = encodeURIComponent(`transfer.recipient='${stranger.address}'`);
  for (const query of [`query=${event}`, `events=${event}&pagination.limit=5&order_by=ORDER_BY_DESC`]) {
    const listed = await body(get(`/cosmos/tx/v1beta1/txs?${query}`));
    assert.deepEqual([listed["total"], (listed["txs"] as Json[]).length], ["1", 1]);
    assert.equal(((listed["tx_responses"] as Body[])[0] as Body)["txhash"], txhash);
  }
  const again = await body(post("/cosmos/tx/v1beta1/txs", { tx_bytes, mode: "BROADCAST_MODE_SYNC" }));
  assert.notEqual((again["tx_response"] as Body)["code"], 0);
});

test("what a height had is answered as of that height, and the answer says which it is", async () => {
  const { get } = surface();
  const header = "x-cosmos-block-height";
  const path = `/cosmos/bank/v1beta1/supply/by_denom?denom=${DENOM}`;
  const latest = async () => BigInt((await get(path)).headers.get(header) ?? "0");
  const before = await latest();
  // A block is on its way to the state for a moment.
  while ((await latest()) <= before) await sleep(50);
  const { status, headers } = await get(path, { [header]: `${before}` });
  assert.deepEqual([status, headers.get(header)], [200, `${before}`]);
  for (const wrong of ["-1", "x", "999999999"]) {
    const { status, body } = await get(path, { [header]: wrong });
    assert.equal(status, 400, wrong);
    fits(error, body, wrong);
  }
});

test("errors have the status and the code that gateways of the Cosmos world give", async () => {
  const { get, post } = surface();
  const cases: readonly (readonly [path: string, status: number, code: number])[] = [
    [`/cosmos/auth/v1beta1/accounts/${stranger.address.replace(/.$/, "q")}`, 404, 5],
    ["/cosmos/bank/v1beta1/spendable_balances/test", 400, 3],
    ["/cosmos/bank/v1beta1/denoms_metadata/gold", 404, 5],
    ["/cosmos/gov/v1beta1/proposals/9", 404, 5],
    ["/cosmos/gov/v1beta1/proposals/x", 400, 3],
    [`/cosmos/tx/v1beta1/txs/${"0".repeat(64)}`, 404, 5],
    ["/cosmos/tx/v1beta1/txs/0", 400, 3],
    ["/cosmos/tx/v1beta1/txs", 400, 3],
    ["/cosmos/tx/v1beta1/txs?query=%20%3D%3D", 400, 3],
    ["/cosmos/base/tendermint/v1beta1/blocks/99999999", 400, 3],
    ["/cosmos/base/tendermint/v1beta1/blocks/0", 400, 3],
    ["/iterum/rounds/v1/round?game_id=chess", 404, 5],
    ["/ibc/apps/transfer/v1/params", 501, 12],
    ["/cosmos/authz/v1beta1/grants", 501, 12],
  ];
  for (const [path, status, code] of cases) {
    const got = await get(path);
    assert.deepEqual([got.status, got.body["code"]], [status, code], `${path} ${JSON.stringify(got.body)}`);
    fits(error, got.body, path);
  }
  const posts: readonly (readonly [body: string | Body, status: number])[] = [
    ["", 400],
    ["[]", 400],
    ["{", 400],
    [{ tx_bytes: "", mode: "BROADCAST_MODE_SYNC" }, 400],
    [{ tx_bytes: "AA==", mode: "BROADCAST_MODE_BLOCK" }, 400],
    [{ tx_bytes: "!", mode: "BROADCAST_MODE_SYNC" }, 400],
    [{ tx_bytes: "AA==", mode: "BROADCAST_MODE_SYNC", more: 1 }, 400],
  ];
  for (const [sent, status] of posts)
    assert.equal((await post("/cosmos/tx/v1beta1/txs", sent)).status, status, JSON.stringify(sent));
  assert.equal((await post("/cosmos/tx/v1beta1/simulate", { tx_bytes: "AAAA" })).status, 500);
  assert.equal((await post("/cosmos/bank/v1beta1/supply", {})).status, 501);
});

test("the page that shows the document brings all that it needs itself", async () => {
  const { url } = surface().api;
  assert.equal((await surface().get("/")).headers.get("location"), "/docs");
  const page = await fetch(`${url}/docs/`);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'self'/);
  const parts = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part = ""]) => part);
  assert.ok(parts.length >= 4);
  for (const part of [...parts, "json"]) {
    const at = new URL(part, `${url}/docs/`);
    assert.equal(at.origin, url);
    const response = await fetch(at);
    await response.arrayBuffer();
    assert.equal(response.status, 200, part);
  }
});

test("browsers may call from any page, and from chosen ones alone where told", async () => {
  const { api, node } = surface();
  const ask = (url: string) =>
    fetch(`${url}/cosmos/bank/v1beta1/supply`, {
      method: "OPTIONS",
      headers: { origin: "https://wallet.test", "access-control-request-method": "GET" },
    });
  const open = await ask(api.url);
  assert.deepEqual([open.status, open.headers.get("access-control-allow-origin")], [204, "*"]);
  const origins = ["https://own.test"];
  const own = await startApi({ rpc: node.rpcUrl, port: 0, version: "0.0.0", origins });
  try {
    assert.equal((await ask(own.url)).headers.get("access-control-allow-origin"), null);
  } finally {
    await own.close();
  }
});

test("what is too much, too long, too deep, or has no node to answer it is refused", async () => {
  const { node, get, post } = surface();
  const supply = "/cosmos/bank/v1beta1/supply";
  const full = await startApi({ rpc: node.rpcUrl, port: 0, version: "0", limits: { concurrentMax: 0 } });
  const { status, headers } = await callsOf(full.url).get(supply);
  await full.close();
  assert.deepEqual([status, headers.get("retry-after")], [503, "1"]);
  const slow = await startApi({ rpc: node.rpcUrl, port: 0, version: "0", perMinuteMax: 1 });
  const [first, second] = [await callsOf(slow.url).get(supply), await callsOf(slow.url).get(supply)];
  await slow.close();
  assert.deepEqual([first.status, second.status, second.body["code"]], [200, 429, 8]);
  const alone = await startApi({ rpc: "http://127.0.0.1:1", port: 0, version: "0" });
  const dead = await callsOf(alone.url).get(supply);
  await alone.close();
  assert.deepEqual([dead.status, dead.body["code"]], [503, 14]);
  assert.equal((await get(`${supply}?x=${"y".repeat(5_000)}`)).status, 400);
  const deep = `{"tx_bytes":${"[".repeat(40)}${"]".repeat(40)}}`;
  assert.match(String((await post("/cosmos/tx/v1beta1/simulate", deep)).body["message"]), /too deep/);
  const long = { tx_bytes: "A".repeat(1_100_000), mode: "BROADCAST_MODE_SYNC" };
  assert.equal((await post("/cosmos/tx/v1beta1/txs", long)).status, 400);
});

test("whatever is asked in whatever words, the answer is JSON, and the next one comes", async () => {
  const { get, post } = surface();
  const gets = apiRoutes.filter(({ method }) => method === "GET").map(({ path }) => path);
  const word = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom("-1", "0", "__proto__", "%", "1e9", "\u0000"),
  );
  const field = fc.constantFrom(
    "pagination.limit",
    "pagination.key",
    "denom",
    "query",
    "events",
    "__proto__.x",
  );
  const request = fc.record({ path: fc.constantFrom(...gets), part: word, field, text: word });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, part, field, text }) => {
      const place = path.replace(/\{\w+\}/g, () => encodeURIComponent(part || "x"));
      const { status, body } = await get(`${place}?${field}=${encodeURIComponent(text)}`);
      assert.ok([200, 400, 404, 501].includes(status), `${place}: ${status} ${JSON.stringify(body)}`);
      if (status !== 200) fits(error, body, place);
    }),
    { numRuns: 150 },
  );
  const hostile = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().map((json) => `{"tx_bytes":${json},"mode":2}`),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const { status, body } = await post("/cosmos/tx/v1beta1/txs", text);
      assert.ok([200, 400].includes(status), `${text}: ${status} ${JSON.stringify(body)}`);
    }),
    { numRuns: 60 },
  );
  await body(get("/cosmos/base/tendermint/v1beta1/syncing"));
});
