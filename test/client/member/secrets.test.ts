import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileSecrets } from "#client/member/secrets.ts";
import { withFolder } from "../../data/kit.ts";

test("a secret is read back, replaced as a whole, and absent when never put", () =>
  withFolder(async (folder) => {
    const secrets = await fileSecrets(join(folder, "keys"));
    assert.equal(await secrets.get("epoch-1"), undefined);
    await secrets.put("epoch-1", Uint8Array.of(1, 2, 3));
    await secrets.put("epoch-1", Uint8Array.of(4));
    assert.deepEqual(await (await fileSecrets(join(folder, "keys"))).get("epoch-1"), Uint8Array.of(4));
    assert.deepEqual(await readdir(join(folder, "keys")), ["epoch-1"]);
  }));

test("secrets are readable by their owner only", () =>
  withFolder(async (folder) => {
    const path = join(folder, "keys");
    const secrets = await fileSecrets(path);
    await secrets.put("one", new Uint8Array(32));
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    assert.equal((await stat(join(path, "one"))).mode & 0o777, 0o600);
  }));

test("a name cannot lead out of the folder", () =>
  withFolder(async (folder) => {
    const secrets = await fileSecrets(folder);
    for (const name of ["../one", "a/b", "", "A", ".", "x".repeat(121)]) {
      await assert.rejects(secrets.put(name, Uint8Array.of(1)), RangeError);
      await assert.rejects(secrets.get(name), RangeError);
    }
    assert.deepEqual(await readdir(folder), []);
  }));

test("two writers of one secret leave one of the two whole", () =>
  withFolder(async (folder) => {
    const secrets = await fileSecrets(folder);
    const values = Array.from({ length: 8 }, (_, i) => new Uint8Array(1000).fill(i));
    await Promise.all(values.map((value) => secrets.put("shared", value)));
    const stored = await secrets.get("shared");
    assert.ok(values.some((value) => Buffer.from(value).equals(stored ?? Buffer.alloc(0))));
  }));

test("of many that add one secret at once all get the one that is kept", () =>
  withFolder(async (folder) => {
    const secrets = await fileSecrets(folder);
    const values = Array.from({ length: 8 }, (_, i) => new Uint8Array(32).fill(i));
    const kept = await Promise.all(values.map((value) => secrets.add("epoch", value)));
    for (const value of kept) assert.deepEqual(value, await secrets.get("epoch"));
    assert.deepEqual(await readdir(folder), ["epoch"]);
    await secrets.put("epoch", Uint8Array.of(9));
    assert.deepEqual(await secrets.add("epoch", Uint8Array.of(1)), Uint8Array.of(9));
  }));
