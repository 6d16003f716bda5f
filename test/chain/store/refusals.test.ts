import assert from "node:assert/strict";
import test from "node:test";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import { memoryKv, memoryStore } from "#chain/store/memory.ts";
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from "#chain/store/port.ts";
import { Store } from "#chain/store/store.ts";
import { advance, changesAt, contents, SPACES, withFolder } from "./kit.ts";

const SIZES = { entryCacheBytes: 0, nodeCacheBytes: 0 };
const failure = (kind: string) => (error: unknown) => error instanceof StoreError && error.kind === kind;
const [key, value] = [utf8("k"), utf8("v")];

test("a store without a version has height 0 and the hash of nothing", () => {
  const store = memoryStore({ spaces: SPACES });
  assert.equal(store.height, 0n);
  assert.deepEqual(store.appHash, sha256());
  assert.equal(store.get("bank", key), undefined);
});

test("changes out of order, twice to one key or over a limit are refused", () => {
  const store = memoryStore({ spaces: SPACES });
  const one = { space: "bank", key, value };
  const stage =
    (...changes: readonly (typeof one)[]) =>
    () =>
      store.stage(1n, changes);
  assert.throws(stage(one, one), failure("order"));
  assert.throws(stage(one, { ...one, key: utf8("a") }), failure("order"));
  assert.throws(stage(one, { ...one, space: "auth" }), failure("order"));
  assert.throws(stage({ ...one, key: new Uint8Array() }), failure("limit"));
  assert.throws(stage({ ...one, key: new Uint8Array(KEY_BYTES_MAX + 1) }), failure("limit"));
  assert.throws(stage({ ...one, value: new Uint8Array() }), failure("limit"));
  assert.throws(stage({ ...one, value: new Uint8Array(VALUE_BYTES_MAX + 1) }), failure("limit"));
  stage({ ...one, key: new Uint8Array(KEY_BYTES_MAX), value: new Uint8Array(VALUE_BYTES_MAX) })();
});

test("heights follow one another, whatever the first one is", async () => {
  const store = memoryStore({ spaces: SPACES });
  for (const height of [0n, -1n, 1n << 31n]) assert.throws(() => store.stage(height, []), failure("height"));
  await store.commit(store.stage(500n, changesAt(500n)));
  for (const height of [1n, 500n, 502n]) assert.throws(() => store.stage(height, []), failure("height"));
  await advance(store);
  assert.equal(store.height, 501n);
});

test("a version staged on another version than the last is not committed", async () => {
  const store = memoryStore({ spaces: SPACES });
  const stale = store.stage(1n, changesAt(1n));
  await advance(store);
  assert.throws(() => store.commit(stale), failure("stale"));
});

test("an unknown space is refused, and a name that could not be one", () => {
  const store = memoryStore({ spaces: SPACES });
  assert.throws(() => store.get("nowhere", key), failure("space"));
  assert.throws(() => store.range("nowhere", key, undefined), failure("space"));
  assert.throws(() => store.stage(1n, [{ space: "nowhere", key, value }]), failure("space"));
  for (const space of ["", "Bank", "1st", "a/b", "a".repeat(64)])
    assert.throws(() => memoryStore({ spaces: [space] }), failure("space"));
});

test("a space may be added later, and one that nobody names any more stays in the app hash", async () => {
  const kv = memoryKv();
  const old = new Store(kv, ["bank", "rounds"], SIZES);
  await old.commit(
    old.stage(1n, [
      { space: "bank", key, value },
      { space: "rounds", key, value },
    ]),
  );
  const grown = new Store(kv, ["auth", "bank"], SIZES);
  assert.deepEqual(grown.appHash, old.appHash);
  const staged = grown.stage(2n, [{ space: "auth", key, value }]);
  await grown.commit(staged);
  assert.deepEqual(
    grown.roots().map(({ name }) => name),
    ["auth", "bank", "rounds"],
  );
  assert.deepEqual(grown.get("auth", key), value);
});

test("a closed store refuses, and closing twice is no harm", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder, { spaces: SPACES });
    await advance(store);
    await store.close();
    await store.close();
    assert.throws(() => store.get("bank", key), failure("closed"));
    assert.throws(() => store.stage(2n, []), failure("closed"));
    assert.throws(() => store.rollback(), failure("closed"));
  });
});

test("a directory that is open already is refused", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder, { spaces: SPACES });
    await assert.rejects(openDiskStore(folder, { spaces: SPACES }), failure("open"));
    await store.close();
  });
});

test("readers see the last version until the next is on disk, and one commit runs at a time", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder, { spaces: SPACES, ...SIZES });
    await advance(store);
    const before = contents(store);
    const touched = changesAt(2n).map(({ space, key }) => ({ space, key, value: store.get(space, key) }));
    const commit = store.commit(store.stage(2n, changesAt(2n)));
    assert.equal(store.height, 1n);
    assert.deepEqual(contents(store), before);
    for (const { space, key, value } of touched) assert.deepEqual(store.get(space, key), value);
    assert.throws(() => store.commit(store.stage(2n, [])), failure("stale"));
    await commit;
    assert.equal(store.height, 2n);
    for (const { space, key, value } of changesAt(2n)) assert.deepEqual(store.get(space, key), value);
    await store.close();
  });
});

test("after a write that failed the store refuses everything and has kept the old version", async () => {
  const kv = memoryKv();
  const full = new Error("no space left");
  const first = new Store(kv, SPACES, SIZES);
  await advance(first);
  const broken = new Store({ ...kv, write: () => Promise.reject(full) }, SPACES, SIZES);
  await assert.rejects(
    async () => advance(broken),
    (error) => failure("write")(error) && (error as StoreError).cause === full,
  );
  assert.throws(() => broken.get("bank", key), failure("write"));
  await broken.close();
  const again = new Store(kv, SPACES, SIZES);
  assert.equal(again.height, 1n);
  assert.deepEqual(again.appHash, first.appHash);
});
