import { base36 } from "multiformats/bases/base36";
import { base58btc } from "multiformats/bases/base58";
import type { CID } from "multiformats/cid";
import { concat } from "#chain/bytes/concat.ts";
import { DAG_CBOR, DAG_JOSE, decodeCid, encodeBlock, isSha256Cid } from "./block.ts";
import { CeramicError, ensure } from "./error.ts";

/** Stream type of documents that belong to a model, the type of every stream here. */
export const MODEL_INSTANCE = 3;
const MODEL = 2;
const STREAM_ID_CODEC = Uint8Array.of(0xce, 0x01);
const ED25519_CODEC = Uint8Array.of(0xed, 0x01);

/** A Ceramic StreamID: its type and the CID of the event that began it. */
export interface StreamId {
  readonly type: number;
  readonly init: CID;
}

/** Binary StreamID: varint 206 ‖ type ‖ CID (CIP-59). */
export const streamIdBytes = (id: StreamId): Uint8Array =>
  concat(STREAM_ID_CODEC, Uint8Array.of(id.type), id.init.bytes);

/** Text of a StreamID: multibase base36 of its bytes, beginning with k. */
export const streamIdText = (id: StreamId): string => base36.encode(streamIdBytes(id));

/** The StreamID of its bytes; refuses a CommitID and any address but CIDv1 with SHA-256. */
export function decodeStreamId(bytes: Uint8Array): StreamId {
  ensure(bytes[0] === 0xce && bytes[1] === 0x01, "malformed", "not a StreamID");
  const type = bytes[2];
  ensure(type !== undefined && type < 0x80, "malformed", "not a StreamID");
  const init = decodeCid(bytes.subarray(3));
  const known = isSha256Cid(init, DAG_JOSE) || isSha256Cid(init, DAG_CBOR);
  ensure(known, "malformed", "a StreamID names an event by SHA-256");
  return { type, init };
}

/** The StreamID that a text of base36 spells. */
export function parseStreamId(text: string): StreamId {
  ensure(text.length <= 100 && text.startsWith("k"), "malformed", "not the text of a StreamID");
  let bytes: Uint8Array;
  try {
    bytes = base36.decode(text);
  } catch {
    throw new CeramicError("malformed", "not the text of a StreamID");
  }
  return decodeStreamId(bytes);
}

/** StreamID of the model under which items are published unless a game names another. */
export const ITEM_MODEL: Uint8Array = streamIdBytes({
  type: MODEL,
  init: encodeBlock({ name: "iterum/item/1", fields: ["contents", "index", "label"] }).cid,
});

/** did:key of an ed25519 public key of 32 bytes. */
export const didKey = (publicKey: Uint8Array): string =>
  `did:key:${base58btc.encode(concat(ED25519_CODEC, publicKey))}`;

/** The ed25519 public key, 32 bytes, that a did:key names. */
export function publicKeyOf(did: string): Uint8Array {
  ensure(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/.test(did), "malformed", "not a did:key of ed25519");
  const bytes = base58btc.decode(did.slice("did:key:".length));
  const isKey = bytes.length === 34 && bytes[0] === 0xed && bytes[1] === 0x01;
  ensure(isKey, "malformed", "not a did:key of ed25519");
  return bytes.subarray(2);
}

/** did:pkh of an Ethereum account on chain id 1, the one whose issuers Ceramic compares without case. */
export const didPkh = (address: string): string => `did:pkh:eip155:1:${address}`;

/** The lower-case 0x address of a did:pkh on chain id 1. */
export function addressOfDid(did: string): string {
  const match = /^did:pkh:eip155:1:(0x[0-9a-f]{40})$/.exec(did);
  ensure(match !== null, "malformed", "not a lower-case did:pkh on chain id 1");
  return match[1] as string;
}
