import { randomBytes } from "node:crypto";
import { epochId, itemKey, open, seal, sealAad, sealNonce } from "#chain/protocol/seal.ts";
import { decodeEvent } from "#client/ceramic/event.ts";
import { ITEM_MODEL } from "#client/ceramic/ids.ts";
import { createVerifier } from "#client/ceramic/verify.ts";
import { didOf, newSession } from "../client/ceramic/kit.ts";
import { NOW_MS, roundOf, streamOf } from "../data/kit.ts";
import { type Effort, ratePerSecond } from "./measure.ts";

const COUNTS = { full: { seals: 5000, events: 1000 }, quick: { seals: 500, events: 50 } };

/**
 * How fast one thread seals and opens items of 256 bytes (key derivation included), and decodes and verifies
 * events of one session, as a data node does on receipt.
 */
export function benchData(effort: Effort): {
  readonly sealsPerSecond: number;
  readonly opensPerSecond: number;
  readonly eventsPerSecond: number;
} {
  const counts = COUNTS[effort];
  const [epochKey, epoch, text] = [randomBytes(32), epochId(roundOf(1n)), new Uint8Array(256)];
  const did = didOf(1);
  const blobs: Uint8Array[] = [];
  const sealsPerSecond = ratePerSecond(counts.seals, (i) => {
    const [key, aad] = [itemKey(epochKey, i), sealAad(did, epoch, i)];
    blobs.push(seal(key, sealNonce(key, aad, text), aad, text));
  });
  const opensPerSecond = ratePerSecond(counts.seals, (i) => {
    open(itemKey(epochKey, i), sealAad(did, epoch, i), blobs[i] as Uint8Array);
  });
  const events = streamOf(newSession(1, 2), counts.events);
  const verifier = createVerifier();
  const stream = { controller: did, model: ITEM_MODEL };
  const eventsPerSecond = ratePerSecond(counts.events, (i) => {
    verifier.verify(decodeEvent(events[i]?.car as Uint8Array), stream, NOW_MS);
  });
  return { sealsPerSecond, opensPerSecond, eventsPerSecond };
}
