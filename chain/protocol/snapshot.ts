import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";

/**
 * Leaf of a snapshot of holders on another chain: its Ethereum account (20 bytes) and weight. A snapshot's
 * root is the RFC-6962 root over its leaves.
 */
export const snapshotLeaf = (ethereumAddress: Uint8Array, weight: bigint): Uint8Array =>
  taggedHash("iterum/snapshot/v1", ethereumAddress, u64be(weight));
