import { setTimeout as delay } from "node:timers/promises";
import type { CID } from "multiformats/cid";
import { contentHash, inputHash, labelHash } from "#chain/protocol/item.ts";
import { dataRoot, leafHash } from "#chain/protocol/leaf.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { epochId, itemKey, itemSalt, seal, sealAad, sealNonce } from "#chain/protocol/seal.ts";
import { ITEM_MODEL, MODEL_INSTANCE, streamIdText } from "#client/ceramic/ids.ts";
import { type EpochKeys, type MemberIdentity, newEpochKeys } from "./identity.ts";
import { type Contents, encodeContents, encodeLabel, type SealedItem } from "./item-data.ts";
import { type EventStore, StoreError } from "./store.ts";

/** An item that a member offers: content, input tensor and label, a class or a scalar in millionths. */
export interface LabelledItem extends Contents {
  readonly label: number;
}

export interface EpochRequest {
  readonly member: MemberIdentity;
  readonly round: RoundRef;
  /** The featurizer of the game, which made every item's input. */
  readonly featurizerId: string;
  readonly items: readonly LabelledItem[];
  /** The stored keys of the round; fresh ones unless given. */
  readonly keys?: EpochKeys;
  /** Binary StreamID of the model under which the stream appears. */
  readonly model?: Uint8Array;
}

/** What the chain is told about one item; hashes and salt have 32 bytes, the CID is binary. */
export interface PreparedItem {
  readonly index: number;
  readonly inputHash: Uint8Array;
  readonly contentHash: Uint8Array;
  readonly eventCid: Uint8Array;
  readonly salt: Uint8Array;
  readonly labelHash: Uint8Array;
}

/** A member's set for one round, ready to be published and committed to. Holds the keys: not to be logged. */
export interface PreparedEpoch {
  /** Text of the StreamID. */
  readonly streamId: string;
  /** Archives of the events in order. */
  readonly events: readonly Uint8Array[];
  readonly perItem: readonly PreparedItem[];
  /** Merkle root over the leaves: what the member commits to on chain. */
  readonly root: Uint8Array;
  readonly keys: EpochKeys;
}

/**
 * Seals every item twice, contents with input and label, under keys of their own, and signs one event per
 * item in one stream. The same request with the same keys and session gives the same bytes.
 * Throws RangeError for a set without items or a label that is not a u32.
 */
export function prepareEpoch(request: EpochRequest): PreparedEpoch {
  if (request.items.length === 0) throw new RangeError("a set has at least one item");
  const { member, round } = request;
  const keys = request.keys ?? newEpochKeys();
  const epoch = epochId(round);
  const events: Uint8Array[] = [];
  const perItem: PreparedItem[] = [];
  let init: CID | undefined;
  let prev: CID | undefined;
  for (const [index, item] of request.items.entries()) {
    const data = sealItem(sealAad(member.did, epoch, index), index, item, keys);
    const event = member.session.signEvent(
      init && prev
        ? { kind: "data", id: init, prev, data }
        : {
            kind: "init",
            controller: member.did,
            model: request.model ?? ITEM_MODEL,
            unique: epoch,
            data,
          },
    );
    init ??= event.cid;
    prev = event.cid;
    events.push(event.car);
    perItem.push(describe(request, keys, index, item, event.cid.bytes));
  }
  const streamId = streamIdText({ type: MODEL_INSTANCE, init: init as CID });
  const leaves = perItem.map((item) => leafHash(round, item));
  return { streamId, events, perItem, root: dataRoot(leaves), keys };
}

function describe(
  { round, featurizerId }: EpochRequest,
  keys: EpochKeys,
  index: number,
  item: LabelledItem,
  eventCid: Uint8Array,
): PreparedItem {
  const salt = itemSalt(keys.labels, index);
  return {
    index,
    inputHash: inputHash(featurizerId, item.input),
    contentHash: contentHash(item.content),
    eventCid,
    salt,
    labelHash: labelHash(round, salt, item.label),
  };
}

function sealItem(aad: Uint8Array, index: number, item: LabelledItem, keys: EpochKeys): SealedItem {
  const sealed = (key: Uint8Array, plaintext: Uint8Array): Uint8Array =>
    seal(key, sealNonce(key, aad, plaintext), aad, plaintext);
  return {
    contents: sealed(itemKey(keys.contents, index), encodeContents(item)),
    index,
    label: sealed(itemKey(keys.labels, index), encodeLabel(item.label)),
  };
}

/** How often an event is offered to a store that is busy or away; the pause doubles up to two seconds. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const PAUSE_MAX_MS = 2000;

/**
 * Stores the events in order; resolves once all are durable. Events that are there already cost nothing, so
 * it may be called again after a failure. Tries again, `attempts` times in all, when the store is busy or
 * out of reach; throws StoreError.
 */
export async function publishEvents(
  store: Pick<EventStore, "put">,
  events: readonly Uint8Array[],
  attempts = ATTEMPTS,
): Promise<void> {
  for (const car of events) await putPatiently(store, car, attempts);
}

/** Stores the events of an epoch; see publishEvents. */
export const publishEpoch = (store: EventStore, epoch: PreparedEpoch, attempts = ATTEMPTS): Promise<void> =>
  publishEvents(store, epoch.events, attempts);

async function putPatiently(
  store: Pick<EventStore, "put">,
  car: Uint8Array,
  attempts: number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.put(car);
    } catch (error) {
      const passing = error instanceof StoreError && (error.code === "busy" || error.code === "unreachable");
      if (!passing || attempt >= attempts) throw error;
      await delay(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), PAUSE_MAX_MS));
    }
  }
}
