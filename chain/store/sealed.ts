import { crc32 } from "node:zlib";
import { arena } from "./arena.ts";
import { putU32 } from "./bytes.ts";
import { StoreError } from "./error.ts";
import { placeOf } from "./keys.ts";
import type { Kv, KvWrite } from "./kv.ts";

const CHECK_BYTES = 4;

/**
 * CRC-32 over key and value: against accidents. What the app hash covers is checked against that as well; the
 * keys by which inner nodes branch have this alone.
 */
const checkSum = (key: Uint8Array, value: Uint8Array): number => crc32(value, crc32(key));

const bigEndian = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, CHECK_BYTES).getUint32(0);

/** The value of a sealed one; StoreError `corrupt` where it does not fit its check sum. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const bytes = Math.max(0, sealed.length - CHECK_BYTES);
  // Not a Buffer, whose slice() would share memory.
  const value = new Uint8Array(sealed.buffer, sealed.byteOffset + sealed.length - bytes, bytes);
  if (sealed.length < CHECK_BYTES || checkSum(key, value) !== bigEndian(sealed))
    throw new StoreError("corrupt", "a value does not fit its check sum", placeOf(key));
  return value;
}

/** Reads and checks a value. */
export function readSealed(kv: Kv, key: Uint8Array): Uint8Array | undefined {
  const sealed = kv.get(key);
  return sealed && unseal(key, sealed);
}

/** A batch in the making; every value it puts lies behind its check sum. */
export interface Batch {
  readonly writes: readonly KvWrite[];
  put(key: Uint8Array, value: Uint8Array): void;
  /** Puts a value of so many bytes, which `fill` writes into the array from the position on, and gives it. */
  fill(key: Uint8Array, bytes: number, fill: (out: Buffer, at: number) => unknown): Uint8Array;
  delete(key: Uint8Array): void;
}

/** An empty batch. */
export function sealingBatch(): Batch {
  const memory = arena();
  const writes: KvWrite[] = [];
  const fill: Batch["fill"] = (key, bytes, write) => {
    const value = memory.take(CHECK_BYTES + bytes);
    write(value, CHECK_BYTES);
    const checked = value.subarray(CHECK_BYTES);
    putU32(value, 0, checkSum(key, checked));
    writes.push({ key, value });
    return checked;
  };
  return {
    writes,
    fill,
    put: (key, value) => {
      fill(key, value.length, (out, at) => out.set(value, at));
    },
    delete: (key) => {
      writes.push({ key, value: undefined });
    },
  };
}
