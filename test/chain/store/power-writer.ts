import { readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { LEVEL_OPTIONS, type Level, levelKv } from "#chain/store/disk.ts";
import { Store } from "#chain/store/store.ts";
import { changesAt, SPACES } from "./kit.ts";

// A process that commits one version after the other and says how much of each log is on disk for certain,
// until somebody kills it. Small buffers, so that LevelDB changes its logs and merges its tables often.
const folder = process.argv[2] as string;
const level: Level = new ClassicLevel(folder, { ...LEVEL_OPTIONS, writeBufferSize: 1 << 17 });
await level.open();
const store = new Store(levelKv(level), SPACES, { entryCacheBytes: 0, nodeCacheBytes: 0, keepRecent: 3 });
const logs = (): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    // LevelDB removes one as soon as its tables are on disk.
    .map((name) => `${name}:${statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0}`)
    .join(" ");
for (;;) {
  const height = store.height + 1n;
  const staged = store.stage(height, changesAt(height, 200));
  writeSync(1, `staged ${height}\n`);
  await store.commit(staged);
  writeSync(1, `committed ${height} ${logs()}\n`);
}
