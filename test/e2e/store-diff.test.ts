import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { homePaths } from "#chain/node/config.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import type { Change, NodeStore } from "#chain/store/port.ts";
import { writeSnapshot } from "#chain/store/shelf.ts";
import { compareState } from "#cli/node/difference.ts";
import { inFolder } from "#test/chain/abci/kit.ts";
import { people } from "#test/kit/accounts.ts";
import { startNode } from "#test/kit/node.ts";

/** Writes the last version again with one bit of another value; gives the entry. */
async function mutateLast(store: NodeStore): Promise<Change> {
  const id = ({ space, key }: Change): string => `${space}/${toHex(key)}`;
  const { height } = store;
  const last = [...store.dump()];
  await store.rollback();
  const before = new Map([...store.dump()].map((entry) => [id(entry), entry]));
  const written = last.filter((entry) => !equalBytes(before.get(id(entry))?.value ?? NOTHING, entry.value));
  const kept = new Set(last.map(id));
  const gone = [...before.values()].filter((entry) => !kept.has(id(entry)));
  const victim = last.find(({ space }) => space === "bank") ?? assert.fail("the bank is empty");
  const value = Uint8Array.of(...victim.value.subarray(0, -1), (victim.value.at(-1) ?? 0) ^ 1);
  const others = [...written, ...gone.map((entry) => ({ ...entry, value: undefined }))];
  const changes: Change[] = [...others.filter((entry) => id(entry) !== id(victim)), { ...victim, value }];
  changes.sort((a, b) => compareBytes(utf8(a.space), utf8(b.space)) || compareBytes(a.key, b.key));
  await store.commit(store.stage(height, changes));
  return victim;
}

const NOTHING = new Uint8Array(0);

test("a state is the one of a replay and of a snapshot until an entry changes, whose key is named", () =>
  inFolder(async (folder) => {
    const node = await startNode({ members: people("m1"), others: people("ann") }, 20);
    const [state, snapshot] = [join(folder, "state"), join(folder, "snapshot")];
    try {
      await node.until(5n);
      await node.stop();
      cpSync(homePaths(node.home).state, state, { recursive: true });
      await node.start();

      const store = await openDiskStore(state, { spaces: storeSpaces });
      try {
        const { height } = store;
        await node.until(height + 1n);
        await writeSnapshot(store, height, snapshot);
        const references = [{ snapshot }, { rpc: node.rpcUrl }];
        for (const reference of references)
          assert.deepEqual(await compareState(store, reference), { height, difference: undefined });

        const { space, key } = await mutateLast(store);
        for (const reference of references) {
          const { difference } = await compareState(store, reference);
          assert.deepEqual({ space: difference?.space, key: difference?.key }, { space, key });
        }
      } finally {
        await store.close();
      }
    } finally {
      await node.remove();
    }
  }));
