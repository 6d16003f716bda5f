import assert from "node:assert/strict";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import type { App } from "#chain/app.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ChainError } from "#chain/kernel/error.ts";
import { errors, meteredStore, queryMeter } from "#chain/node/queries/budget.ts";
import { startQueries } from "#chain/node/queries/service.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { CODE_PANIC } from "#chain/tx/result.ts";
import { Query as Bank, MsgSend, QueryBalanceRequest, QueryBalanceResponse } from "#proto/gen/cosmos/bank.ts";
import { inFolder } from "#test/chain/abci/kit.ts";
import { people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { hostileQueries } from "./hostile-queries.ts";

const [ann, bob] = people("ann", "bob") as [ReturnType<typeof people>[0], ReturnType<typeof people>[0]];

/** A chain over a shared disk store with the threads that answer its queries. */
async function withQueries(
  use: (chain: ReturnType<typeof newChain>, queries: ReturnType<typeof startQueries>) => Promise<void>,
): Promise<void> {
  await inFolder(async (state) => {
    const store = await openDiskStore(state, { spaces: storeSpaces, shared: true });
    const queries = startQueries({ state, threads: 1 });
    try {
      const chain = newChain({ members: [ann], others: [bob] }, { store });
      await chain.until(1n);
      await use(chain, queries);
    } finally {
      await queries.close();
      await store.close();
    }
  });
}

const balance = (address: string, height = 0n) => ({
  path: Bank.balance.path,
  data: QueryBalanceRequest.encode({ address, denom: DENOM }),
  height,
});

/** No input may hang the app so long. */
const HANG_MS = 100;

test("a query is answered in its thread as the app would, on the version committed last", () =>
  withQueries(async (chain, queries) => {
    for (let round = 0; round < 5; round++) {
      const amount = [{ denom: DENOM, amount: 7n }];
      await chain.block([ann, say(MsgSend, { fromAddress: ann.address, toAddress: bob.address, amount })]);
      const request = balance(bob.address);
      const result = await queries.answer(request);
      assert.deepEqual(result, chain.app.query(request));
      assert.equal(result.height, chain.height());
      const before = await queries.answer(balance(bob.address, chain.height() - 1n));
      assert.equal(before.code, 0);
      const [now, then] = [result, before].map(({ value }) =>
        BigInt(QueryBalanceResponse.decode(value).balance?.amount ?? 0n),
      );
      if (round > 0) assert.equal((now as bigint) - (then as bigint), 7n);
    }
    const proved = { path: "/store/bank/key", data: utf8("none"), height: 0n, prove: true };
    assert.deepEqual(await queries.answer(proved), chain.app.query(proved));
  }));

test("queries that wait beyond the limit are refused at once, and the rest answered", () =>
  withQueries(async (_, queries) => {
    const results = await Promise.all(
      Array.from({ length: 400 }, () => queries.answer(balance(ann.address))),
    );
    const busy = results.filter(({ code }) => code === errors.Busy.code);
    assert.equal(busy.length, 400 - 256);
    assert.ok(busy.every(({ codespace }) => codespace === "query"));
    assert.equal(results.filter(({ code }) => code === 0).length, 256);
    assert.equal((await queries.answer(balance(ann.address))).code, 0);
  }));

test("20,000 hostile queries are all answered with a code, and the app's own answer", (t) =>
  withQueries(async (chain, queries) => {
    const seed = "hostile queries";
    const { codes, slowestMs } = await ask(chain.app, queries, hostileQueries(seed, 20_000));
    t.diagnostic(`seed "${seed}": codes ${JSON.stringify(codes)}, slowest ${slowestMs.toFixed(1)} ms`);
    assert.ok(Object.keys(codes).length > 10);
    assert.ok(slowestMs < HANG_MS);
  }));

/** Asks in bundles; every answer must be the one of the app in this thread. */
async function ask(
  app: App,
  queries: ReturnType<typeof startQueries>,
  requests: Iterable<Parameters<typeof queries.answer>[0]>,
): Promise<{ codes: Record<string, number>; slowestMs: number }> {
  const codes: Record<string, number> = {};
  let slowestMs = 0;
  let bundle: Promise<void>[] = [];
  for (const request of requests) {
    const one = async (): Promise<void> => {
      const result = await queries.answer(request);
      const began = process.threadCpuUsage();
      const own = app.query(request);
      // Of this thread: other work on the machine is no fault of the query.
      const { user, system } = process.threadCpuUsage(began);
      slowestMs = Math.max(slowestMs, (user + system) / 1_000);
      assert.deepEqual(result, own);
      assert.notEqual(result.code, CODE_PANIC, `${request.path}: ${result.log}`);
      const name = `${result.codespace}/${result.code}`;
      codes[name] = (codes[name] ?? 0) + 1;
    };
    bundle.push(one());
    if (bundle.length === 200) {
      await Promise.all(bundle);
      bundle = [];
    }
  }
  await Promise.all(bundle);
  return { codes, slowestMs };
}

test("a query stops when it has read more than its rows or bytes, or for too long", () => {
  const store = memoryStore({ spaces: ["bank"] });
  const key = (i: number): Uint8Array => Uint8Array.of(i >> 8, i & 255);
  const changes = Array.from({ length: 1_000 }, (_, i) => ({
    space: "bank",
    key: key(i),
    value: new Uint8Array(100),
  }));
  void store.commit(store.stage(1n, changes));
  let nowMs = 0;
  const over = (budget: Partial<Parameters<typeof queryMeter>[0]>) => {
    const meter = queryMeter({ rows: 1e6, bytes: 1e9, durationMs: 1e6, ...budget }, () => nowMs++);
    meter.reset();
    const metered = meteredStore(store, meter);
    let rows = 0;
    try {
      for (const _ of metered.range("bank", new Uint8Array(), undefined)) rows++;
    } catch (error) {
      assert.ok(error instanceof ChainError);
      return { rows, code: error.code };
    }
    return { rows, code: 0 };
  };
  assert.deepEqual(over({}), { rows: 1_000, code: 0 });
  assert.deepEqual(over({ rows: 300 }), { rows: 300, code: errors.TooMuch.code });
  assert.deepEqual(over({ bytes: 1_020 }), { rows: 10, code: errors.TooMuch.code });
  assert.deepEqual(over({ durationMs: 5 }), { rows: 32 * 6 - 1, code: errors.TooSlow.code });
  const meter = queryMeter({ rows: 10, bytes: 1e9, durationMs: 1e9 }, () => 0);
  meter.reset();
  assert.throws(() => meteredStore(store, meter).prove("bank", key(1)), ChainError);
});
