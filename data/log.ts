import { decode, encode } from "@ipld/dag-cbor";
import { Level } from "level";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { type Event, initCid } from "#client/ceramic/event.ts";
import { asSealedItem } from "#client/member/item-data.ts";
import { ensureData } from "./errors.ts";
import * as keys from "./keys.ts";
import type { DataLimits } from "./limits.ts";

/** A stream as far as the log has it; `init` and `tip` are binary CIDs, `model` a binary StreamID. */
export interface StreamRecord {
  readonly controller: string;
  readonly model: Uint8Array;
  readonly unique: Uint8Array;
  readonly count: number;
  readonly tip: Uint8Array;
}

/** What is stored for a member or for all: number of events and bytes of their archives. */
export interface Usage {
  readonly events: number;
  readonly bytes: number;
}

/** A page of the feed: binary CIDs in the order of acceptance, and the position after the last. */
export interface Page {
  readonly events: readonly { readonly cid: Uint8Array; readonly car: Uint8Array | undefined }[];
  readonly next: number;
}

/**
 * The append-only log of verified events. It does not verify signatures; it keeps streams linear, their
 * items in order and members within their quotas. An append resolves when the event is on disk.
 */
export interface EventLog {
  readonly append: (event: Event) => Promise<void>;
  readonly archive: (cid: Uint8Array) => Promise<Uint8Array | undefined>;
  readonly stream: (init: Uint8Array) => Promise<StreamRecord | undefined>;
  /** Binary CIDs of a stream's events in order. */
  readonly streamCids: (init: Uint8Array) => Promise<readonly Uint8Array[]>;
  readonly page: (from: number, limit: number, withArchives: boolean) => Promise<Page>;
  readonly usage: (controller: string) => Promise<Usage>;
  readonly close: () => Promise<void>;
}

type Database = Level<Uint8Array, Uint8Array>;
type Read = (key: Uint8Array) => Promise<Uint8Array | undefined>;
type Writes = readonly (readonly [Uint8Array, Uint8Array])[];

interface Pending {
  readonly event: Event;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Opens the log in a folder, which is created when missing and locked while open. */
export async function openLog(path: string, limits: DataLimits): Promise<EventLog> {
  const db: Database = new Level(path, { keyEncoding: "view", valueEncoding: "view" });
  await db.open();
  const read: Read = (key) => db.get(key);
  const appends = appendQueue(db, limits);
  return {
    append: appends.add,
    archive: (cid) => read(keys.eventKey(cid)),
    stream: (init) => readStream(read, init),
    streamCids: (init) =>
      db
        .values({ gte: keys.positionKey(init, 0), lte: keys.positionKey(init, 0xffffffff) })
        .all({ limit: limits.streamEventsMax }),
    page: (from, limit, withArchives) => readPage(db, from, limit, withArchives ? limits.pageBytesMax : 0),
    usage: (controller) => readUsage(read, keys.memberKey(controller)),
    async close() {
      await appends.idle();
      await db.close();
    },
  };
}

/**
 * Appends one after the other, in batches: whatever arrived while the disk was busy shares one synchronous
 * write. Every event is judged against the disk and the events before it in the batch.
 */
function appendQueue(
  db: Database,
  limits: DataLimits,
): { readonly add: (event: Event) => Promise<void>; readonly idle: () => Promise<void> } {
  let waiting: Pending[] = [];
  let running: Promise<void> | undefined;

  async function writeBatch(batch: readonly Pending[]): Promise<void> {
    const staged = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>();
    const read: Read = async (key) => staged.get(toHex(key))?.value ?? (await db.get(key));
    const accepted: Pending[] = [];
    for (const pending of batch) {
      try {
        for (const [key, value] of await stage(read, pending.event, limits))
          staged.set(toHex(key), { key, value });
        accepted.push(pending);
      } catch (error) {
        pending.failed(error);
      }
    }
    try {
      const puts = [...staged.values()].map((put) => ({ type: "put" as const, ...put }));
      if (puts.length > 0) await db.batch(puts, { sync: true });
      for (const pending of accepted) pending.done();
    } catch (error) {
      for (const pending of accepted) pending.failed(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(batch);
    }
    running = undefined;
  }

  return {
    add: (event) =>
      new Promise((done, failed) => {
        ensureData(waiting.length < limits.pendingMax, "busy", "too many events wait for the disk");
        waiting.push({ event, done, failed });
        running ??= drain();
      }),
    idle: async () => running,
  };
}

/** The writes that accept the event; none when it is known already. Throws DataError when it is refused. */
async function stage(read: Read, event: Event, limits: DataLimits): Promise<Writes> {
  const cid = event.cid.bytes;
  if (await read(keys.eventKey(cid))) return [];
  const init = initCid(event).bytes;
  const before = await streamBefore(read, event, init);
  const item = asSealedItem(event.payload.data);
  ensureData(item.index === before.count, "badEvent", "the item's index is not its position");
  ensureData(before.count < limits.streamEventsMax, "quotaExceeded", "the stream is full");
  const [total, member] = await charge(read, before.controller, event.car.length, limits);
  const stream: StreamRecord = { ...before, count: before.count + 1, tip: cid };
  const writes: (readonly [Uint8Array, Uint8Array])[] = [
    [keys.eventKey(cid), event.car],
    [keys.orderKey(total.events - 1), cid],
    [keys.positionKey(init, before.count), cid],
    [keys.streamKey(init), encode(stream)],
    [keys.memberKey(before.controller), encode(member)],
    [keys.totalKey(), encode(total)],
  ];
  if (before.count === 0) writes.push([keys.epochKey(before.controller, before.model, before.unique), cid]);
  return writes;
}

async function streamBefore(read: Read, event: Event, init: Uint8Array): Promise<StreamRecord> {
  const { payload } = event;
  if (payload.kind === "init") {
    const { controller, model, unique } = payload;
    const taken = await read(keys.epochKey(controller, model, unique));
    ensureData(taken === undefined, "fork", "the member has a stream for this epoch already");
    return { controller, model, unique, count: 0, tip: init };
  }
  const stream = await readStream(read, init);
  ensureData(stream !== undefined, "unknownStream", "the first event of the stream is not here");
  if (!equalBytes(stream.tip, payload.prev.bytes)) {
    const known = await read(keys.eventKey(payload.prev.bytes));
    ensureData(known === undefined, "fork", "another event follows the one before");
    ensureData(false, "unknownPrev", "the event before is not here");
  }
  return stream;
}

async function charge(
  read: Read,
  controller: string,
  bytes: number,
  limits: DataLimits,
): Promise<readonly [Usage, Usage]> {
  const add = (usage: Usage): Usage => ({ events: usage.events + 1, bytes: usage.bytes + bytes });
  const total = add(await readUsage(read, keys.totalKey()));
  ensureData(total.bytes <= limits.totalBytesMax, "full", "the node is full");
  const member = add(await readUsage(read, keys.memberKey(controller)));
  const within = member.events <= limits.memberEventsMax && member.bytes <= limits.memberBytesMax;
  ensureData(within, "quotaExceeded", "the member's quota is used up");
  return [total, member];
}

async function readStream(read: Read, init: Uint8Array): Promise<StreamRecord | undefined> {
  const bytes = await read(keys.streamKey(init));
  return bytes && decode<StreamRecord>(bytes);
}

async function readUsage(read: Read, key: Uint8Array): Promise<Usage> {
  const bytes = await read(key);
  return bytes ? decode<Usage>(bytes) : { events: 0, bytes: 0 };
}

/** At most `limit` events from a position on; archives while they fit into `archiveBytes`, at least one. */
async function readPage(db: Database, from: number, limit: number, archiveBytes: number): Promise<Page> {
  const range = { gte: keys.orderKey(from), lt: keys.orderKey(from + limit) };
  const events: { cid: Uint8Array; car: Uint8Array | undefined }[] = [];
  let bytes = 0;
  for (const cid of await db.values(range).all()) {
    const car = archiveBytes > 0 ? await db.get(keys.eventKey(cid)) : undefined;
    bytes += car?.length ?? 0;
    if (events.length > 0 && bytes > archiveBytes && archiveBytes > 0) break;
    events.push({ cid, car });
  }
  return { events, next: from + events.length };
}
