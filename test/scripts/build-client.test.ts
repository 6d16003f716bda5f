import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../../scripts/build-client.mjs", import.meta.url));
const build = (folder: string) => promisify(execFile)(process.execPath, [script, folder]);

test("a build of the client replaces no folder that holds something else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "iterum-build-"));
  const [note, manifest] = [join(folder, "note.txt"), join(folder, "package.json")];
  try {
    await writeFile(note, "mine");
    await assert.rejects(build(folder), /holds something else than a build of iterum-client/);
    await writeFile(manifest, JSON.stringify({ name: "another-project" }));
    await assert.rejects(build(folder), /holds something else than a build of iterum-client/);
    assert.equal(await readFile(note, "utf8"), "mine");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
