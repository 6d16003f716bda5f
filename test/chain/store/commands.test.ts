import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { openDiskStore, openLevelKv } from "#chain/store/disk.ts";
import { pageKey } from "#chain/store/keys.ts";
import { readSealed, sealingBatch } from "#chain/store/sealed.ts";
import { homeLayout } from "#cli/home/layout.ts";
import { iterum } from "../../cli/program.ts";
import { withFolder } from "./kit.ts";

const key = (i: number): Uint8Array => utf8(`key ${i + 100}`);

/** A home of a node that has come to height 3. */
async function madeHome(folder: string): Promise<{ readonly home: string; readonly appHash: string }> {
  const layout = homeLayout(join(folder, "home"));
  await mkdir(layout.home);
  await writeFile(layout.settings, "{}");
  const store = await openDiskStore(layout.state, { spaces: storeSpaces });
  for (let height = 1n; height <= 3n; height++) {
    const changes = Array.from({ length: 50 }, (_, i) => ({
      space: "bank",
      key: key(i),
      value: utf8(`${i} at ${height}`),
    }));
    await store.commit(store.stage(height, changes));
  }
  const appHash = toHex(store.appHash);
  await store.close();
  return { home: layout.home, appHash };
}

test("`store verify` and `store stats` tell what a stopped node holds", async () => {
  await withFolder(async (folder) => {
    const { home, appHash } = await madeHome(folder);
    const verified = await iterum(["store", "verify", "--home", home]);
    assert.equal(verified.code, 0, verified.stderr);
    const report = JSON.parse(verified.stdout) as Record<string, unknown>;
    assert.deepEqual([report["height"], report["appHash"], report["entries"]], ["3", appHash, 50]);
    assert.equal(report["strayPages"], 0);
    const stats = await iterum(["store", "stats", "--home", home]);
    assert.match(stats.stdout, /"versions": 3/);
  });
});

test("`store verify` names the place of a page that does not hash to what refers to it", async () => {
  await withFolder(async (folder) => {
    const { home } = await madeHome(folder);
    const kv = await openLevelKv(homeLayout(home).state);
    const at = pageKey("bank", { version: 3, nonce: 1 });
    const page = readSealed(kv, at);
    assert.ok(page);
    const batch = sealingBatch();
    batch.put(at, page.with(4, (page.at(4) as number) ^ 1));
    await kv.write(batch.writes);
    await kv.close();
    const { code, stderr } = await iterum(["store", "verify", "--home", home]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`hash to its reference \\(space bank, key ${toHex(at)}\\)`));
  });
});

test("`store export` and `store import` move a state to another home under a trusted app hash", async () => {
  await withFolder(async (folder) => {
    const { home, appHash } = await madeHome(folder);
    const snapshot = join(folder, "snapshot");
    assert.equal((await iterum(["store", "export", snapshot, "--home", home])).code, 0);
    const other = homeLayout(join(folder, "other"));
    await mkdir(other.home);
    await writeFile(other.settings, "{}");
    const load = (hash: string) =>
      iterum(["store", "import", snapshot, "--home", other.home, "--app-hash", hash]);
    assert.equal((await load("00".repeat(32))).code, 1);
    const done = await load(appHash);
    assert.equal(done.code, 0, done.stderr);
    assert.equal((await load(appHash)).code, 1);
    const verified = await iterum(["store", "verify", "--home", other.home]);
    assert.match(verified.stdout, new RegExp(appHash));
  });
});
