import { writeSync } from "node:fs";
import { toHex } from "#chain/bytes/hex.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { changesAt, SPACES } from "./kit.ts";

// A process that commits one version after the other and says so, until somebody kills it.
const store = await openDiskStore(process.argv[2] as string, { spaces: SPACES });
for (;;) {
  const height = store.height + 1n;
  const staged = store.stage(height, changesAt(height, 400));
  writeSync(1, `staged ${height} ${toHex(staged.appHash)}\n`);
  await store.commit(staged);
  writeSync(1, `committed ${height}\n`);
}
