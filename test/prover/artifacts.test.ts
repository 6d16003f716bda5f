import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { Artifacts } from "#prover/artifacts.ts";
import { newHome } from "./kit.ts";

let home = "";
let remove = async () => {};
before(async () => {
  ({ home, remove } = await newHome());
});
after(() => remove());

const keepText = (artifacts: Artifacts, key: string, text: string): Promise<string> =>
  artifacts.withWorkspace(async (workspace) => {
    await writeFile(join(workspace.path, "a.txt"), text);
    return artifacts.keep("models", key, workspace, ["a.txt"]);
  });

test("what is kept is found whole, in this process and the next", async () => {
  const folder = await keepText(await Artifacts.open(home), "one", "content");
  for (const artifacts of [await Artifacts.open(home), await Artifacts.open(home)]) {
    assert.equal(await artifacts.find("models", "one"), folder);
    assert.equal((await artifacts.read(join(folder, "a.txt"))).toString(), "content");
    assert.deepEqual(await artifacts.list("models"), ["one"]);
  }
});

test("the first of two that keep the same artefact stays", async () => {
  const artifacts = await Artifacts.open(home);
  const folder = await keepText(artifacts, "twice", "first");
  assert.equal(await keepText(artifacts, "twice", "second"), folder);
  assert.equal((await artifacts.read(join(folder, "a.txt"))).toString(), "first");
});

test("an artefact whose content changed on the disk is dropped", async () => {
  const folder = await keepText(await Artifacts.open(home), "rotten", "content");
  await writeFile(join(home, folder, "a.txt"), "c0ntent");
  const artifacts = await Artifacts.open(home);
  assert.equal(await artifacts.find("models", "rotten"), undefined);
  assert.ok(!existsSync(join(home, folder)));
});

test("proving keys are named by their content and checked against it", async () => {
  const artifacts = await Artifacts.open(home);
  const key = await artifacts.withWorkspace(async (workspace) => {
    await writeFile(join(workspace.path, "pk"), "key");
    return artifacts.keepKey(workspace, "pk");
  });
  assert.equal(key, toHex(sha256(utf8("key"))));
  assert.equal(await artifacts.findKey(key), join("keys", `${key}.pk`));
  await writeFile(join(home, "keys", `${key}.pk`), "another");
  assert.equal(await (await Artifacts.open(home)).findKey(key), undefined);
});

test("workspaces go when their job ends, fails, or was interrupted", async () => {
  const artifacts = await Artifacts.open(home);
  await assert.rejects(
    artifacts.withWorkspace(() => Promise.reject(new Error("job failed"))),
    /job failed/,
  );
  assert.deepEqual(await readdir(join(home, "jobs")), []);
  const living = await artifacts.workspace();
  await mkdir(join(home, "jobs", "job-999999999-left"));
  await Artifacts.open(home);
  assert.deepEqual(await readdir(join(home, "jobs")), [basename(living.path)]);
  await living.dispose();
});

test("nothing is kept beyond the disk allowance", async () => {
  const used = await (await Artifacts.open(home)).usage();
  const artifacts = await Artifacts.open(home, { bytesMax: used + 10 });
  await assert.rejects(keepText(artifacts, "large", "more than ten bytes"), { code: "storage_full" });
  assert.equal(await artifacts.find("models", "large"), undefined);
  assert.equal(await artifacts.usage(), used);
});
