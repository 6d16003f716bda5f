import assert from "node:assert/strict";
import { toHex } from "#chain/bytes/hex.ts";
import { StoreError } from "#chain/store/error.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { Store } from "#chain/store/store.ts";
import { diceOf } from "../merkle/forge.ts";
import { advance, changesAt, contents, SPACES } from "./kit.ts";
import { PowerLoss, type SimDisk, simDisk, simKv } from "./sim-disk.ts";

const SIZES = { entryCacheBytes: 1 << 16, nodeCacheBytes: 1 << 16 };
const CHANGES = 6;
/** A log is begun anew after so many heights: replaying it is what takes the time. */
const HEIGHTS_MAX = 12;

type Dice = ReturnType<typeof diceOf>;

/** What happened at the crash points. */
export interface CrashTally {
  readonly points: number;
  /** After how many of them the version in the making was there, and after how many the one before. */
  readonly newer: number;
  readonly older: number;
  /** How many turned bits were noticed, and how many lay where nobody reads. */
  readonly noticed: number;
  readonly harmless: number;
}

/** App hash and entries of every height, as a store without crashes has them. */
async function reference(): Promise<readonly (readonly string[])[]> {
  const store = memoryStore({ spaces: SPACES });
  const states = [stateOf(store)];
  while (states.length <= HEIGHTS_MAX + 1) {
    await advance(store, changesAt(store.height + 1n, CHANGES));
    states.push(stateOf(store));
  }
  return states;
}

const stateOf = (
  store: Parameters<typeof contents>[0] & { readonly appHash: Uint8Array },
): readonly string[] => [toHex(store.appHash), ...contents(store)];

/** Opens the disk and commits until the power goes; gives the last height that was acknowledged. */
async function runUntilPowerLoss(
  disk: SimDisk,
  dice: Dice,
): Promise<{ acknowledged: number; synced: boolean }> {
  const store = new Store(simKv(disk, { after: dice(3), dice }), SPACES, SIZES);
  try {
    for (;;) await advance(store, changesAt(store.height + 1n, CHANGES));
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
    return { acknowledged: Number(store.height), synced: error.message === "synced" };
  }
}

const quiet = (dice: Dice) => ({ after: Number.MAX_SAFE_INTEGER, dice });

/** A bit turned in what was synced: every read gives what was written, or says that it is damaged. */
function rotIsNoticed(disk: SimDisk, states: readonly (readonly string[])[], dice: Dice): boolean {
  const kv = simKv(simDisk(disk.read()), quiet(dice));
  kv.rot(dice);
  try {
    const store = new Store(kv, SPACES, SIZES);
    assert.deepEqual(stateOf(store), states[Number(store.height)]);
    for (const { space, key, value } of store.dump()) assert.deepEqual(store.get(space, key), value);
    return false;
  } catch (error) {
    if (error instanceof StoreError && error.kind === "corrupt") return true;
    throw error;
  }
}

/**
 * Cuts the power at so many points of a store over a simulated disk. After each the store must open without
 * help at the height acknowledged last or the one in the making, with that height's very state, go on from
 * there to the same hashes, and be able to return to the height before.
 */
export async function crashPoints(points: number, seed: number): Promise<CrashTally> {
  const dice = diceOf(seed);
  const states = await reference();
  const tally = { points: 0, newer: 0, older: 0, noticed: 0, harmless: 0 };
  let disk = simDisk();
  while (tally.points < points) {
    const { acknowledged, synced } = await runUntilPowerLoss(disk, dice);
    disk = disk.crash(dice, dice(4));
    const store = new Store(simKv(disk, quiet(dice)), SPACES, SIZES);
    const height = Number(store.height);
    const where = `seed ${seed}, point ${tally.points}`;
    assert.ok(
      height === acknowledged || height === acknowledged + 1,
      `${where}: ${acknowledged}, now ${height}`,
    );
    if (synced) assert.equal(height, acknowledged + 1, where);
    assert.deepEqual(stateOf(store), states[height], where);
    if (height === acknowledged) tally.older++;
    else tally.newer++;
    if (height > 1 && tally.points % 7 === 0) {
      const copy = new Store(simKv(simDisk(disk.read()), quiet(dice)), SPACES, SIZES);
      await copy.rollback();
      assert.deepEqual(stateOf(copy), states[height - 1], where);
    }
    if (height > 0 && tally.points % 5 === 0)
      if (rotIsNoticed(disk, states, dice)) tally.noticed++;
      else tally.harmless++;
    tally.points++;
    if (height >= HEIGHTS_MAX - 3) disk = simDisk();
  }
  return tally;
}
