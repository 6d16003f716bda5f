import { randomBytes } from "node:crypto";
import { epochId, itemKey, open, seal, sealAad, sealNonce } from "#chain/protocol/seal.ts";
import { decodeEvent } from "#client/ceramic/event.ts";
import { ITEM_MODEL } from "#client/ceramic/ids.ts";
import { createVerifier } from "#client/ceramic/verify.ts";
import { didOf, newSession } from "../client/ceramic/kit.ts";
import { NOW_MS, roundOf, streamOf } from "../data/kit.ts";

const SEALS = 5000;
const EVENTS = 2000;

/**
 * How fast one thread seals and opens items of 256 bytes (key derivation included), and decodes and verifies
 * events of one session, as a data node does on receipt.
 */
export function benchData(): {
  readonly sealsPerSecond: number;
  readonly opensPerSecond: number;
  readonly eventsPerSecond: number;
} {
  const [epochKey, epoch, text] = [randomBytes(32), epochId(roundOf(1n)), new Uint8Array(256)];
  const did = didOf(1);
  const blobs: Uint8Array[] = [];
  const sealsPerSecond = rate(SEALS, (i) => {
    const [key, aad] = [itemKey(epochKey, i), sealAad(did, epoch, i)];
    blobs.push(seal(key, sealNonce(key, aad, text), aad, text));
  });
  const opensPerSecond = rate(SEALS, (i) => {
    open(itemKey(epochKey, i), sealAad(did, epoch, i), blobs[i] as Uint8Array);
  });
  const events = streamOf(newSession(1, 2), EVENTS);
  const verifier = createVerifier();
  const stream = { controller: did, model: ITEM_MODEL };
  const eventsPerSecond = rate(EVENTS, (i) => {
    verifier.verify(decodeEvent(events[i]?.car as Uint8Array), stream, NOW_MS);
  });
  return { sealsPerSecond, opensPerSecond, eventsPerSecond };
}

function rate(count: number, run: (index: number) => void): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) run(i);
  return Math.round((1000 * count) / (performance.now() - start));
}
