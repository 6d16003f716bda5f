import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { inFolder } from "#test/chain/abci/kit.ts";
import { fileLimit, fillDisks, onBreakable, onVolume } from "#test/kit/full-disks.ts";
import { mayBreakDisks, mayMount, withBreakableDisk, withVolume } from "#test/kit/volume.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const MOMENTS = 50;
const VOLUME_BYTES = 64 << 20;

test(`a disk that becomes full at ${MOMENTS} moments costs no block and no repair`, (t) =>
  inFolder(async (folder) => {
    const env = { NODE_COMPILE_CACHE: join(folder, "cache") };
    const at = { seed: SEED, moments: MOMENTS };
    const isVolume = mayMount();
    const height = isVolume
      ? await withVolume(VOLUME_BYTES, (volume) =>
          fillDisks({ ...at, home: volume.folder, disk: onVolume(volume) }, env),
        )
      : await fillDisks({ ...at, home: folder, disk: fileLimit(folder) }, env);
    const kind = isVolume ? "tmpfs" : "file limit";
    t.diagnostic(`seed ${SEED}: ${MOMENTS} full disks (${kind}), height ${height}, 0 repairs`);
    assert.ok(height > BigInt(MOMENTS));
  }));

const skip = mayBreakDisks() ? false : "this user may not make a disk that breaks";

test(`a disk that breaks at ${MOMENTS} moments costs no block and no repair of the state`, { skip }, (t) =>
  inFolder((folder) =>
    withBreakableDisk(VOLUME_BYTES, async (disk) => {
      const env = { NODE_COMPILE_CACHE: join(folder, "cache") };
      const at = { seed: SEED, moments: MOMENTS, home: disk.folder };
      const height = await fillDisks({ ...at, disk: onBreakable(disk) }, env);
      t.diagnostic(`seed ${SEED}: ${MOMENTS} broken disks (ext4), height ${height}, 0 repairs of the state`);
      assert.ok(height > BigInt(MOMENTS));
    }),
  ),
);
