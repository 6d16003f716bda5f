import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { openDiskStore } from "#chain/store/disk.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { advance, changesAt, contents, SPACES, withFolder } from "./kit.ts";

const WRITER = fileURLToPath(new URL("./writer.ts", import.meta.url));
const KILLS = 24;

interface Said {
  readonly committed: bigint;
  readonly staged: bigint;
}

/**
 * Lets a writer go on with the store until it has said `word` about `rounds` versions, then, after a little
 * spinning, kills it. Gives the last heights it said to be committed and staged, 0 for none.
 */
async function writeAndKill(folder: string, word: string, rounds: number, spins: number): Promise<Said> {
  const child = spawn(process.execPath, [WRITER, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "close");
  let said = "";
  let left = rounds;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    left -= text.split(`${word} `).length - 1;
    if (left > 0) return;
    for (let i = 0; i < spins; i++) contentsOfNothing();
    child.kill("SIGKILL");
  });
  await exited;
  assert.equal(child.signalCode, "SIGKILL");
  const last = (verb: string): bigint =>
    BigInt([...said.matchAll(new RegExp(`^${verb} (\\d+)`, "gm"))].at(-1)?.[1] ?? 0);
  return { committed: last("committed"), staged: last("staged") };
}

const contentsOfNothing = (): readonly string[] => contents(memoryStore({ spaces: SPACES }));

/** The store in memory that has gone through the same versions. */
async function catchUp(reference: NodeStore, height: bigint): Promise<void> {
  while (reference.height < height) await advance(reference, changesAt(reference.height + 1n, 400));
}

test(`a writer killed ${KILLS} times leaves the old version or the new one, whole`, async (t) => {
  await withFolder(async (folder) => {
    const reference = memoryStore({ spaces: SPACES });
    let last = 0n;
    let newer = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const word = kill % 3 === 0 ? "committed" : "staged";
      const said = await writeAndKill(folder, word, 1 + (kill % 4), (kill * 7919) % 60);
      const store = await openDiskStore(folder, { spaces: SPACES });
      assert.ok(store.height >= last && store.height >= said.committed, "a committed version is lost");
      assert.ok(store.height <= said.staged, "a version appeared that nobody staged");
      if (store.height === said.staged) newer++;
      await catchUp(reference, store.height);
      assert.deepEqual(store.appHash, reference.appHash);
      assert.deepEqual(contents(store), contents(reference));
      for (const { space, key } of changesAt(store.height, 400))
        assert.deepEqual(store.get(space, key), reference.get(space, key));
      last = store.height;
      await store.close();
    }
    assert.ok(last > 0n);
    t.diagnostic(`${newer} kills left the version staged last, ${KILLS - newer} the one before`);
  });
});
