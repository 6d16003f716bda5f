import type { KeyObject } from "node:crypto";
import { type Capability, checkCapabilitySignature, checkCapabilityTime, covers } from "./capability.ts";
import { isSignature, verificationKey } from "./ed25519.ts";
import { ensure } from "./error.ts";
import { type Event, initCid } from "./event.ts";
import { decodeStreamId, MODEL_INSTANCE, publicKeyOf, streamIdText } from "./ids.ts";

/** What the stream of an event fixes: its owner and its model (binary StreamID). */
export interface StreamRule {
  readonly controller: string;
  readonly model: Uint8Array;
}

/** Checks events; remembers session keys and capabilities that it found good, at most `cacheMax` of each. */
export interface EventVerifier {
  /** Throws CeramicError unless the stream's controller, by its session key, signed the event. */
  readonly verify: (event: Event, stream: StreamRule, nowMs: number) => void;
}

/**
 * A verifier: signature, issuer = controller, audience = signer, coverage of the resource, times with
 * CLOCK_SKEW_MS. The costly account signature of a capability is checked once per CID, its times always.
 */
export function createVerifier(cacheMax = 1000): EventVerifier {
  const keys = boundedMap<KeyObject>(cacheMax);
  const goodCapabilities = boundedMap<true>(cacheMax);
  return {
    verify(event, stream, nowMs) {
      const { capability } = event;
      ensure(capability.issuer === stream.controller, "wrongIssuer", "the issuer does not own the stream");
      ensure(capability.audience === event.signer, "wrongAudience", "the capability is for another signer");
      ensureCoverage(event, stream, capability);
      checkCapabilityTime(capability, nowMs);
      const key = keys.getOr(event.signer, () => verificationKey(publicKeyOf(event.signer)));
      const signed = isSignature(event.signingInput, key, event.signature);
      ensure(signed, "badSignature", "the session key did not sign the event");
      goodCapabilities.getOr(event.capabilityCid.toString(), () => {
        checkCapabilitySignature(capability);
        return true;
      });
    },
  };
}

function ensureCoverage(event: Event, stream: StreamRule, capability: Capability): void {
  const streamId = streamIdText({ type: MODEL_INSTANCE, init: initCid(event) });
  const covered = covers(capability, streamId, streamIdText(decodeStreamId(stream.model)));
  ensure(covered, "notCovered", "the capability does not cover the stream");
}

interface BoundedMap<V> {
  readonly getOr: (key: string, make: () => V) => V;
}

/** Keeps the `max` entries used last. */
function boundedMap<V>(max: number): BoundedMap<V> {
  const entries = new Map<string, V>();
  return {
    getOr(key, make) {
      const value = entries.get(key) ?? make();
      entries.delete(key);
      entries.set(key, value);
      const oldest = entries.keys().next();
      if (entries.size > max && !oldest.done) entries.delete(oldest.value);
      return value;
    },
  };
}
