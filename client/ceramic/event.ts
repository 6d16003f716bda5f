import { base64url } from "multiformats/bases/base64";
import type { CID } from "multiformats/cid";
import { equalBytes } from "#chain/bytes/compare.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import {
  type Block,
  cidOf,
  DAG_CBOR,
  DAG_JOSE,
  decodeCanonical,
  decodeCid,
  encodeBlock,
  isSha256Cid,
  parseCid,
} from "./block.ts";
import { type Capability, decodeCapability } from "./capability.ts";
import { type Car, decodeCar, encodeCar } from "./car.ts";
import { signingKey } from "./ed25519.ts";
import { CeramicError, ensure } from "./error.ts";
import { decodeStreamId, didKey } from "./ids.ts";
import { asBytes, asCid, asList, asRecord, asText } from "./shape.ts";

/** What begins a stream. */
export interface InitPayload {
  readonly kind: "init";
  /** did:pkh of the account that owns the stream. */
  readonly controller: string;
  /** Binary StreamID. */
  readonly model: Uint8Array;
  /** What tells streams of one controller and model apart: the epoch, 32 bytes. */
  readonly unique: Uint8Array;
  readonly data: unknown;
}

/** What continues a stream: the CID of its first event and of the one before. */
export interface DataPayload {
  readonly kind: "data";
  readonly id: CID;
  readonly prev: CID;
  readonly data: unknown;
}

export type Payload = InitPayload | DataPayload;

/** A signed event taken apart; nothing about its signatures is checked yet. */
export interface Event {
  readonly cid: CID;
  /** The archive in canonical form: capability, payload, envelope. */
  readonly car: Uint8Array;
  readonly payload: Payload;
  /** did:key of the session key that must have signed. */
  readonly signer: string;
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
  readonly capabilityCid: CID;
  readonly capability: Capability;
}

/** A session key that may write for an account. */
export interface Session {
  /** did:pkh of the account. */
  readonly controller: string;
  readonly capability: Capability;
  /** Signs a payload into an event: its CID and its archive. */
  readonly signEvent: (payload: Payload) => { readonly cid: CID; readonly car: Uint8Array };
}

/** The session of a seed of 32 bytes and the bytes of the capability that names its key as audience. */
export function openSession(seed: Uint8Array, capabilityBytes: Uint8Array): Session {
  const capabilityBlock = { cid: cidOf(capabilityBytes, DAG_CBOR), bytes: capabilityBytes };
  const key = signingKey(seed);
  const signer = didKey(key.publicKey);
  const capability = decodeCapability(capabilityBlock);
  ensure(capability.audience === signer, "wrongAudience", "the capability is for another session key");
  const header = protectedHeader(signer, capabilityBlock.cid);
  return {
    controller: capability.issuer,
    capability,
    signEvent(payload) {
      const body = encodeBlock(encodePayload(payload));
      const signature = key.sign(signingInput(header, body.cid.bytes));
      const signatures = [{ protected: header, signature }];
      const envelope = encodeBlock({ payload: body.cid.bytes, signatures }, DAG_JOSE);
      return { cid: envelope.cid, car: encodeCar(envelope, [capabilityBlock, body, envelope]) };
    },
  };
}

/** Takes an archive apart; throws CeramicError on anything but one signed event with its capability. */
export function decodeEvent(bytes: Uint8Array): Event {
  const car = decodeCar(bytes);
  const { root } = car;
  ensure(isSha256Cid(root.cid, DAG_JOSE), "malformed", "the root is not a signed envelope");
  const envelope = asRecord("envelope", decodeCanonical(root.bytes), ["payload", "signatures"]);
  const [first] = asList("signatures", envelope.signatures, 1);
  const signature = asRecord("signature", first, ["protected", "signature"]);
  const header = asBytes("protected", signature.protected);
  const payloadCid = decodeCid(asBytes("payload", envelope.payload));
  ensure(isSha256Cid(payloadCid, DAG_CBOR), "malformed", "the payload is not a dag-cbor block");
  const { signer, capabilityCid } = decodeHeader(header);
  const body = blockOf(car, payloadCid);
  const capabilityBlock = blockOf(car, capabilityCid);
  ensure(car.blocks.size === 3, "malformed", "the archive holds a block of no use");
  return {
    cid: root.cid,
    car: encodeCar(root, [capabilityBlock, body, root]),
    payload: decodePayload(decodeCanonical(body.bytes)),
    signer,
    signingInput: signingInput(header, payloadCid.bytes),
    signature: asBytes("signature", signature.signature),
    capabilityCid,
    capability: decodeCapability(capabilityBlock),
  };
}

/** The CID of the event that began the stream to which an event belongs. */
export const initCid = (event: Pick<Event, "cid" | "payload">): CID =>
  event.payload.kind === "init" ? event.cid : event.payload.id;

function blockOf(car: Car, cid: CID): Block {
  const block = car.blocks.get(cid.toString());
  ensure(block !== undefined, "malformed", "a block of the event is missing");
  return block;
}

const encodePayload = (payload: Payload): unknown =>
  payload.kind === "data"
    ? { id: payload.id, prev: payload.prev, data: payload.data }
    : {
        data: payload.data,
        header: {
          controllers: [payload.controller],
          model: payload.model,
          sep: "model",
          unique: payload.unique,
        },
      };

function decodePayload(value: unknown): Payload {
  const isInit = typeof value === "object" && value !== null && "header" in value;
  if (!isInit) {
    const fields = asRecord("payload", value, ["id", "prev", "data"]);
    const [id, prev] = [asCid("id", fields.id), asCid("prev", fields.prev)];
    for (const cid of [id, prev]) ensure(isSha256Cid(cid, DAG_JOSE), "malformed", "a link names no event");
    return { kind: "data", id, prev, data: fields.data };
  }
  const fields = asRecord("payload", value, ["data", "header"]);
  const header = asRecord("header", fields.header, ["controllers", "model", "sep", "unique"]);
  const controllers = asList("controllers", header.controllers, 1);
  ensure(header.sep === "model", "malformed", "sep must be model");
  const model = asBytes("model", header.model);
  decodeStreamId(model);
  const unique = asBytes("unique", header.unique);
  ensure(unique.length === 32, "malformed", "unique must be the 32 bytes of an epoch");
  const controller = asText("controller", controllers[0], 100);
  return { kind: "init", controller, model, unique, data: fields.data };
}

const protectedHeader = (signer: string, capabilityCid: CID): Uint8Array =>
  utf8(
    `{"alg":"EdDSA","cap":"ipfs://${capabilityCid}","kid":"${signer}#${signer.slice("did:key:".length)}"}`,
  );

/** Reads the one spelling of the header that we write: its bytes are signed, so no other is needed. */
function decodeHeader(header: Uint8Array): { readonly signer: string; readonly capabilityCid: CID } {
  const match = HEADER.exec(asciiOf(header));
  ensure(match !== null, "malformed", "the protected header is not EdDSA with a capability");
  const [signer, capabilityCid] = [match[2] as string, parseCid(match[1] as string)];
  const canonical = equalBytes(protectedHeader(signer, capabilityCid), header);
  ensure(canonical, "malformed", "the protected header is not in canonical form");
  return { signer, capabilityCid };
}

const HEADER = /^\{"alg":"EdDSA","cap":"ipfs:\/\/([a-z2-7]{59})","kid":"(did:key:[0-9A-Za-z]{48})#/;

function asciiOf(bytes: Uint8Array): string {
  ensure(bytes.length <= 400, "malformed", "the protected header is too long");
  try {
    return fromUtf8(bytes);
  } catch {
    throw new CeramicError("malformed", "the protected header is not text");
  }
}

/** b64url(protected) "." b64url(payload CID): what the session key signs (RFC 7515, dag-jose). */
const signingInput = (header: Uint8Array, payloadCid: Uint8Array): Uint8Array =>
  utf8(`${base64url.baseEncode(header)}.${base64url.baseEncode(payloadCid)}`);
