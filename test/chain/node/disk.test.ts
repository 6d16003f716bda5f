import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { diskTrouble } from "#chain/node/space.ts";
import { inFolder } from "#test/chain/abci/kit.ts";
import { fileLimit, fillDisks, onBreakable } from "#test/kit/full-disks.ts";
import { mayBreakDisks, withBreakableDisk } from "#test/kit/volume.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const skip = process.platform === "linux" ? false : "the limit of a running process is Linux's";

test("an app whose writes fail twice ends with the disk's exit code and goes on afterwards", { skip }, (t) =>
  inFolder(async (folder) => {
    t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
    const home = join(folder, "home");
    mkdirSync(home);
    const env = { NODE_COMPILE_CACHE: join(folder, "cache") };
    const height = await fillDisks({ seed: SEED, moments: 2, home, disk: fileLimit(home) }, env);
    assert.ok(height > 2n);
  }),
);

const skipBreaking = mayBreakDisks() ? false : "this user may not make a disk that breaks";

test("an app whose disk breaks ends with its exit code and goes on afterwards", { skip: skipBreaking }, (t) =>
  inFolder((folder) =>
    withBreakableDisk(64 << 20, async (disk) => {
      t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
      const env = { NODE_COMPILE_CACHE: join(folder, "cache") };
      const at = { seed: SEED, moments: 2, home: disk.folder };
      assert.ok((await fillDisks({ ...at, disk: onBreakable(disk) }, env)) > 2n);
    }),
  ),
);

test("a disk is in order when it has the space that is asked for and takes a write", () =>
  inFolder(async (folder) => {
    assert.equal(diskTrouble(folder, 1), undefined);
    assert.match(diskTrouble(folder, Number.MAX_SAFE_INTEGER) ?? "", /bytes are free, \d+ are needed/);
    assert.match(diskTrouble(join(folder, "none"), 1) ?? "", /ENOENT/);
  }));
