import { u32be } from "#chain/bytes/int.ts";
import { merkleRoot } from "#chain/merkle/rfc6962.ts";
import { type RoundRef, roundHash } from "./round-key.ts";

/** What one item of a member's set commits to; every hash has 32 bytes, the event CID is binary. */
export interface LeafParts {
  readonly index: number;
  readonly inputHash: Uint8Array;
  readonly contentHash: Uint8Array;
  readonly eventCid: Uint8Array;
  readonly labelHash: Uint8Array;
}

/**
 * leaf_i = H(i ‖ inputHash_i ‖ contentHash_i ‖ eventCid_i ‖ H(salt_i ‖ y_i)), bound to chain, game and round.
 */
export const leafHash = (ref: RoundRef, leaf: LeafParts): Uint8Array =>
  roundHash(
    "iterum/leaf/v1",
    ref,
    u32be(leaf.index),
    leaf.inputHash,
    leaf.contentHash,
    leaf.eventCid,
    leaf.labelHash,
  );

/** Root of a member's set: RFC-6962 over the leaf hashes in index order. */
export const dataRoot = (leaves: readonly Uint8Array[]): Uint8Array => merkleRoot(leaves);
