import assert from "node:assert/strict";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { verifyStoreValue } from "#client/verified.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { newApp, nextBlock } from "../app/kit.ts";

const [ann] = people("ann") as [Person];

test("a query proves what a module holds, or that it holds nothing, against its app hash", async () => {
  const chain = newChain({ members: [], others: [ann] });
  const ask = (module: string, key: Uint8Array, height = 0n) =>
    chain.app.query({ path: `/store/${module}/key`, data: key, height, prove: true });
  assert.notEqual(ask("bank", utf8("k")).code, 0);
  await chain.until(3n);
  const { appHash } = chain.app.info();
  let proven = 0;
  for (const module of ["auth", "bank", "base"])
    for (const [key, value] of chain.read((ctx) => [
      ...ctx.store.range(module, new Uint8Array(), undefined),
    ])) {
      const answer = ask(module, key, 3n);
      assert.equal(answer.code, 0, answer.log);
      assert.equal(answer.height, 3n);
      assert.ok(equalBytes(answer.value, value) && equalBytes(answer.key, key));
      assert.ok(verifyStoreValue(appHash, module, key, answer.value, answer.proofOps?.ops ?? []));
      proven++;
      const absent = Uint8Array.of(...key, 0);
      const none = ask(module, absent);
      assert.equal(none.value.length, 0);
      assert.ok(verifyStoreValue(appHash, module, absent, undefined, none.proofOps?.ops ?? []));
      assert.ok(!verifyStoreValue(appHash, module, absent, value, none.proofOps?.ops ?? []));
    }
  assert.ok(proven > 5);
});

test("a query for an entry of no module, or with an impossible key, is refused by code", async () => {
  const chain = newChain({ members: [], others: [ann] });
  await chain.until(1n);
  const ask = (path: string, data: Uint8Array) => chain.app.query({ path, data, height: 0n, prove: true });
  for (const path of ["/store/nowhere/key", "/store//key", "/store/Bank/key", "/store/bank/subspace"])
    assert.equal(ask(path, utf8("k")).codespace, "sdk", path);
  for (const bytes of [0, 1025]) assert.notEqual(ask("/store/bank/key", new Uint8Array(bytes)).code, 0);
});

test("queries read and prove the state of any height that is kept, and no other", async () => {
  const store = memoryStore({ spaces: storeSpaces, keepRecent: 3 });
  const app = newApp({ members: [], others: [ann] }, { store });
  const hashes = new Map<bigint, Uint8Array>();
  const times = new Map<bigint, Uint8Array>();
  const time = Uint8Array.of(2);
  for (let height = 1n; height <= 6n; height++) {
    const { appHash } = await app.finalizeBlock(nextBlock(app, []));
    await app.commit();
    hashes.set(height, appHash);
    times.set(height, store.get("base", time) ?? time);
  }
  assert.equal(new Set([...times.values()].map((value) => toHex(value))).size, 6);
  for (let height = 1n; height <= 7n; height++) {
    const answer = app.query({ path: "/store/base/key", data: time, height, prove: true });
    if (height < 4n || height > 6n) {
      assert.deepEqual([answer.codespace, answer.code], ["sdk", 26]);
      continue;
    }
    assert.equal(answer.code, 0, answer.log);
    assert.equal(answer.height, height);
    assert.deepEqual(answer.value, times.get(height));
    const ops = answer.proofOps?.ops ?? [];
    assert.ok(verifyStoreValue(hashes.get(height) ?? time, "base", time, answer.value, ops));
  }
});
