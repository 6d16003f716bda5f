import * as dagCbor from "@ipld/dag-cbor";
import { CID } from "multiformats/cid";
import * as digest from "multiformats/hashes/digest";
import { equalBytes } from "#chain/bytes/compare.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { CeramicError, ensure } from "./error.ts";

/** Multicodec of plain blocks. */
export const DAG_CBOR = 0x71;
/** Multicodec of signed envelopes. */
export const DAG_JOSE = 0x85;
const SHA2_256 = 0x12;
/** The largest block that Ceramic passes on, in bytes. */
export const MAX_BLOCK_BYTES = 256_000;

/** Bytes with their content address. */
export interface Block {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

/** The canonical dag-cbor block of a value, under codec dag-cbor or dag-jose. */
export function encodeBlock(value: unknown, codec: typeof DAG_CBOR | typeof DAG_JOSE = DAG_CBOR): Block {
  const bytes = dagCbor.encode(value);
  ensure(bytes.length <= MAX_BLOCK_BYTES, "blockTooLarge", `block of ${bytes.length} bytes`);
  return { cid: cidOf(bytes, codec), bytes };
}

/** CIDv1 with SHA-256 of the bytes. */
export const cidOf = (bytes: Uint8Array, codec: number): CID =>
  CID.createV1(codec, digest.create(SHA2_256, sha256(bytes)));

/** Whether the address is a CIDv1 with SHA-256 under the codec. */
export const isSha256Cid = (cid: CID, codec: number): boolean =>
  cid.version === 1 && cid.code === codec && cid.multihash.code === SHA2_256 && cid.multihash.size === 32;

/** The CID whose binary form the bytes are, without any byte left over. */
export function decodeCid(bytes: Uint8Array): CID {
  try {
    return CID.decode(bytes);
  } catch {
    throw new CeramicError("malformed", "not the bytes of a CID");
  }
}

/** The CIDv1 that a base32 text spells. */
export function parseCid(text: string): CID {
  try {
    ensure(text.length <= 100, "malformed", "text too long for a CID");
    const cid = CID.parse(text);
    ensure(cid.toString() === text, "malformed", "CID is not in canonical base32");
    return cid;
  } catch (error) {
    if (error instanceof CeramicError) throw error;
    throw new CeramicError("malformed", "not a CID");
  }
}

/** The value of a dag-cbor block; refuses any encoding but the canonical one, so that a value has one CID. */
export function decodeCanonical(bytes: Uint8Array): unknown {
  ensure(bytes.length <= MAX_BLOCK_BYTES, "blockTooLarge", `block of ${bytes.length} bytes`);
  let value: unknown;
  let again: Uint8Array;
  try {
    value = dagCbor.decode(bytes);
    again = dagCbor.encode(value);
  } catch {
    throw new CeramicError("malformed", "not dag-cbor");
  }
  ensure(equalBytes(again, bytes), "malformed", "dag-cbor is not canonical");
  return value;
}
