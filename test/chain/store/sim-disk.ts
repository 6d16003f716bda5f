import { crc32 } from "node:zlib";
import { compareBytes } from "#chain/bytes/compare.ts";
import { fromKey, toKey } from "#chain/bytes/latin1.ts";
import type { Kv, KvWrite } from "#chain/store/kv.ts";

/** What the power takes with it. */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}

type Dice = (below: number) => number;
const SECTOR_BYTES = 512;

/**
 * A disk of one file that only grows: what was synced stays; what was not is lost, kept or torn sector by
 * sector, in any order, when the power goes.
 */
export interface SimDisk {
  append(bytes: Uint8Array): void;
  sync(): void;
  read(): Uint8Array;
  /** What is on it after the power went: `flips` bits of what was not synced are wrong besides. */
  crash(dice: Dice, flips: number): SimDisk;
  cut(bytes: number): void;
}

export function simDisk(synced: Uint8Array = new Uint8Array()): SimDisk {
  let file = synced;
  let safe = synced.length;
  return {
    append(bytes) {
      const next = new Uint8Array(file.length + bytes.length);
      next.set(file);
      next.set(bytes, file.length);
      file = next;
    },
    sync() {
      safe = file.length;
    },
    read: () => file,
    crash(dice, flips) {
      const end = safe + dice(file.length - safe + 1);
      const after = file.slice(0, end);
      // Sectors that hold synced bytes only are left alone; of the last one, only what follows them may tear.
      for (let at = safe - (safe % SECTOR_BYTES); at < end; at += SECTOR_BYTES)
        if (dice(3) === 0) {
          const from = Math.max(at, safe);
          const to = Math.min(at + SECTOR_BYTES, end);
          const torn = from + dice(to - from + 1);
          after.fill(dice(2) === 0 ? 0 : dice(256), torn, to);
        }
      for (let i = 0; i < flips && end > safe; i++) {
        const at = safe + dice(end - safe);
        after[at] = (after[at] as number) ^ (1 << dice(8));
      }
      return simDisk(after);
    },
    cut(bytes) {
      file = file.slice(0, bytes);
      safe = Math.min(safe, bytes);
    },
  };
}

function encodeBatch(batch: readonly KvWrite[]): Uint8Array {
  const parts: Buffer[] = [];
  const number = (value: number): void => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    parts.push(bytes);
  };
  for (const { key, value } of batch) {
    number(key.length);
    number(value === undefined ? 0xffffffff : value.length);
    parts.push(Buffer.from(key), Buffer.from(value ?? new Uint8Array()));
  }
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

function applyBatch(map: Map<string, Uint8Array>, body: Buffer): void {
  for (let at = 0; at < body.length; ) {
    const keyEnd = at + 8 + body.readUInt32BE(at);
    const length = body.readUInt32BE(at + 4);
    const key = toKey(body.subarray(at + 8, keyEnd));
    at = keyEnd + (length === 0xffffffff ? 0 : length);
    if (length === 0xffffffff) map.delete(key);
    else map.set(key, Uint8Array.from(body.subarray(keyEnd, at)));
  }
}

/** A map whose medium may fail. */
export interface SimKv extends Kv {
  /** Turns a bit of one value that is there, below every check of the log. */
  rot(dice: Dice): void;
}

/**
 * A log of batches on a simulated disk, as LevelDB keeps one: replayed from the front up to the first that is
 * not whole. `dies` says at which write the power goes, and how far that write gets.
 */
export function simKv(disk: SimDisk, dies: { after: number; dice: Dice }): SimKv {
  const map = new Map<string, Uint8Array>();
  const file = Buffer.from(disk.read());
  let at = 0;
  while (at + 8 <= file.length) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end > file.length || crc32(file.subarray(at + 8, end)) !== file.readUInt32BE(at + 4)) break;
    applyBatch(map, file.subarray(at + 8, end));
    at = end;
  }
  disk.cut(at);
  let left = dies.after;
  return {
    get: (key) => map.get(toKey(key)),
    rot(dice) {
      const [key, value] = [...map][dice(map.size)] as [string, Uint8Array];
      const at = dice(value.length);
      map.set(
        key,
        value.map((byte, i) => (i === at ? byte ^ (1 << dice(8)) : byte)),
      );
    },
    write(batch) {
      const bytes = encodeBatch(batch);
      if (left-- > 0) {
        disk.append(bytes);
        disk.sync();
        applyBatch(map, Buffer.from(bytes.subarray(8)));
        return undefined;
      }
      // The power goes before the write, within it, before its sync or after it.
      const moment = dies.dice(4);
      if (moment > 0) disk.append(moment === 1 ? bytes.subarray(0, dies.dice(bytes.length)) : bytes);
      if (moment === 3) disk.sync();
      throw new PowerLoss(moment === 3 ? "synced" : "not synced");
    },
    async *entries(start, end) {
      const [from, to] = [toKey(start), toKey(end)];
      const found = [...map].filter(([key]) => key >= from && key < to);
      yield* found
        .map(([key, value]) => [fromKey(key), value] as const)
        .sort(([a], [b]) => compareBytes(a, b));
    },
    close: () => Promise.resolve(),
  };
}
