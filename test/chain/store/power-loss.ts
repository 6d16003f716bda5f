import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDiskStore, openLevelKv } from "#chain/store/disk.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { verifyStore } from "#chain/store/verify.ts";
import { diceOf } from "../merkle/forge.ts";
import { advance, changesAt, contents, SPACES, withFolder } from "./kit.ts";

const WRITER = fileURLToPath(new URL("./power-writer.ts", import.meta.url));
const SECTOR_BYTES = 512;
type Dice = ReturnType<typeof diceOf>;

/** What a writer said before it was killed. */
interface Said {
  readonly committed: bigint;
  readonly staged: bigint;
  /** How many bytes of each log were synced. */
  readonly synced: ReadonlyMap<string, number>;
}

/** Lets a writer go on for so many versions and kills it at some moment of the next one. */
async function writeAndKill(folder: string, versions: number, waitMs: number): Promise<Said> {
  const child = spawn(process.execPath, [WRITER, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "close");
  let said = "";
  let asked = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (asked || said.split("staged ").length <= versions) return;
    asked = true;
    // Not a timer, which would come too late for the write that is under way.
    for (const endsMs = performance.now() + waitMs; performance.now() < endsMs; );
    child.kill("SIGKILL");
  });
  await exited;
  assert.equal(child.signalCode, "SIGKILL");
  const whole = said.slice(0, said.lastIndexOf("\n") + 1);
  const last = [...whole.matchAll(/^committed (\d+) (.*)$/gm)].at(-1);
  const staged = [...whole.matchAll(/^staged (\d+)$/gm)].at(-1)?.[1] ?? "0";
  const synced = new Map(
    (last?.[2] ?? "").split(" ").map((part) => {
      const [name = "", size] = part.split(":");
      return [name, Number(size)] as const;
    }),
  );
  return { committed: BigInt(last?.[1] ?? 0), staged: BigInt(staged), synced };
}

/**
 * Makes of the directory what a power loss at that moment leaves: of every log the bytes that were synced and
 * some of those behind them, the end torn within a sector. LevelDB syncs tables and manifest before it refers
 * to them, so these stay.
 */
async function losePower(folder: string, { synced }: Said, dice: Dice): Promise<number> {
  let lost = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".log")) continue;
    const file = join(folder, name);
    const bytes = await readFile(file);
    const safe = Math.min(synced.get(name) ?? 0, bytes.length);
    const end = safe + dice(bytes.length - safe + 1);
    const left = bytes.subarray(0, end);
    const torn = dice(Math.min(SECTOR_BYTES, end - safe) + 1);
    left.fill(dice(2) === 0 ? 0 : dice(256), end - torn);
    lost += bytes.length - end + torn;
    await writeFile(file, left);
  }
  return lost;
}

/** What happened. */
export interface PowerTally {
  readonly losses: number;
  /** How many cost bytes that were not synced, and after how many the version in the making was there. */
  readonly torn: number;
  readonly newer: number;
  readonly height: bigint;
}

/**
 * Loses power so many times over one directory that goes on from each. Every time the store must open without
 * help at the height acknowledged last or the one in the making, whole to the last page.
 */
export async function powerLosses(losses: number, seed: number): Promise<PowerTally> {
  const dice = diceOf(seed);
  const reference = memoryStore({ spaces: SPACES });
  let [torn, newer, done] = [0, 0, 0];
  await withFolder(async (folder) => {
    for (; done < losses; done++) {
      const said = await writeAndKill(folder, 2 + dice(12), dice(40) * 0.1);
      if ((await losePower(folder, said, dice)) > 0) torn++;
      const where = `seed ${seed}, loss ${done}`;
      const kv = await openLevelKv(folder);
      const report = await verifyStore(kv).finally(() => kv.close());
      assert.equal(report.strayPages, 0, where);
      const store = await openDiskStore(folder, { spaces: SPACES, keepRecent: 3 });
      assert.ok(store.height >= said.committed, `${where}: a committed version is lost`);
      assert.ok(store.height <= said.staged, `${where}: a version that nobody staged`);
      if (store.height > said.committed) newer++;
      while (reference.height < store.height) await advance(reference, changesAt(reference.height + 1n, 200));
      assert.deepEqual(store.appHash, reference.appHash, where);
      assert.deepEqual(contents(store), contents(reference), where);
      await store.close();
    }
  });
  return { losses: done, torn, newer, height: reference.height };
}
