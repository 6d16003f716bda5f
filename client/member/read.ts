import { equalBytes } from "#chain/bytes/compare.ts";
import { contentHash } from "#chain/protocol/item.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { epochId, itemKey, open, sealAad } from "#chain/protocol/seal.ts";
import { CeramicError, ensure } from "#client/ceramic/error.ts";
import { decodeEvent, type Event, initCid } from "#client/ceramic/event.ts";
import { parseStreamId } from "#client/ceramic/ids.ts";
import { createVerifier } from "#client/ceramic/verify.ts";
import type { EpochKeys } from "./identity.ts";
import { asSealedItem, type Contents, decodeContents, decodeLabel } from "./item-data.ts";
import { type EventStore, StoreError } from "./store.ts";

/** The longest stream that is read; a data node takes shorter ones only. */
const STREAM_EVENTS_MAX = 65_536;

/** Whose item it is and where it stands: what it was sealed for. */
export interface ItemPlace {
  /** did:pkh of the member. */
  readonly did: string;
  readonly round: RoundRef;
  readonly index: number;
}

/**
 * The contents of an event's item under its key K_i. Whoever took the archive by the CID in a leaf needs no
 * further proof of origin. Throws SealError for another key or place, CeramicError for another shape.
 */
export function openItem(car: Uint8Array, place: ItemPlace, key: Uint8Array): Contents {
  return decodeContents(open(key, aadOf(place), sealedAt(decodeEvent(car), place.index).contents));
}

/** The label of an event's item under its label key. */
export function openLabel(car: Uint8Array, place: ItemPlace, key: Uint8Array): number {
  return decodeLabel(open(key, aadOf(place), sealedAt(decodeEvent(car), place.index).label));
}

/** Fetches and opens the item that a leaf names; its content must hash to the leaf's contentHash. */
export async function fetchItem(
  store: Pick<EventStore, "get">,
  place: ItemPlace,
  leaf: { readonly eventCid: string; readonly contentHash: Uint8Array },
  key: Uint8Array,
): Promise<Contents> {
  const car = await archive(store, leaf.eventCid);
  const contents = openItem(car, place, key);
  const matches = equalBytes(contentHash(contents.content), leaf.contentHash);
  ensure(matches, "malformed", "the content is not the one committed to");
  return contents;
}

/** An item of an opened epoch; `label` is undefined unless the labels' key was given. */
export interface OpenedItem extends Contents {
  readonly label: number | undefined;
}

/** How to read a whole epoch: the keys that were opened, and the time at which its capabilities must hold. */
export interface EpochReading {
  readonly did: string;
  readonly round: RoundRef;
  readonly streamId: string;
  readonly keys: Pick<EpochKeys, "contents"> & Partial<EpochKeys>;
  /** Milliseconds since 1970: that of the block with the commitment, for capabilities expire later. */
  readonly atMs: number;
}

/** All items of a member's stream, read from the last event back, every signature and link checked. */
export async function openEpoch(store: EventStore, reading: EpochReading): Promise<readonly OpenedItem[]> {
  const events = await walk(store, reading);
  return events.map((event, index) => {
    const aad = aadOf({ ...reading, index });
    const sealed = sealedAt(event, index);
    const contents = decodeContents(open(itemKey(reading.keys.contents, index), aad, sealed.contents));
    const { labels } = reading.keys;
    const label = labels && decodeLabel(open(itemKey(labels, index), aad, sealed.label));
    return { ...contents, label };
  });
}

async function walk(store: EventStore, reading: EpochReading): Promise<readonly Event[]> {
  const { init } = parseStreamId(reading.streamId);
  const state = await store.stream(reading.streamId);
  if (state === undefined) throw new StoreError("refused", "the store does not know the stream");
  const reversed: Event[] = [];
  for (let next: string | undefined = state.tip; next !== undefined; ) {
    ensure(reversed.length < STREAM_EVENTS_MAX, "malformed", "the stream is too long");
    const event: Event = decodeEvent(await archive(store, next));
    ensure(initCid(event).equals(init), "malformed", "an event belongs to another stream");
    reversed.push(event);
    next = event.payload.kind === "data" ? event.payload.prev.toString() : undefined;
  }
  const events = reversed.reverse();
  verifyAll(events, reading);
  return events;
}

function verifyAll(events: readonly Event[], { did, round, atMs }: EpochReading): void {
  const first = events[0]?.payload;
  if (first?.kind !== "init") throw new CeramicError("malformed", "the stream has no beginning");
  ensure(first.controller === did, "wrongIssuer", "the stream belongs to another member");
  ensure(equalBytes(first.unique, epochId(round)), "malformed", "the stream belongs to another round");
  const verifier = createVerifier();
  for (const event of events) verifier.verify(event, first, atMs);
}

async function archive(store: Pick<EventStore, "get">, cid: string): Promise<Uint8Array> {
  const car = await store.get(cid);
  if (car === undefined) throw new StoreError("refused", "the store does not have the event");
  return car;
}

function sealedAt(event: Event, index: number): ReturnType<typeof asSealedItem> {
  const sealed = asSealedItem(event.payload.data);
  ensure(sealed.index === index, "malformed", "the event holds another item");
  return sealed;
}

const aadOf = ({ did, round, index }: ItemPlace): Uint8Array => sealAad(did, epochId(round), index);
