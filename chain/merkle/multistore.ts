import { compareBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { merkleRoot } from "./rfc6962.ts";
import { uvarint } from "./varint.ts";

/** A named tree and its root hash. */
export interface NamedRoot {
  readonly name: string;
  readonly root: Uint8Array;
}

/**
 * Leaf of a named root: name ‖ SHA-256(root), each after its length as a varint.
 * Source: cosmossdk.io/store `internal/maps`, which ICS-23 calls `tendermintSpec`.
 */
export const multistoreLeaf = (name: string, root: Uint8Array): Uint8Array => {
  const text = utf8(name);
  const digest = sha256(root);
  return concat(uvarint(text.length), text, uvarint(digest.length), digest);
};

/** The leaves in the order of their names' bytes. */
export function multistoreLeaves(roots: readonly NamedRoot[]): readonly Uint8Array[] {
  const sorted = [...roots].sort((a, b) => compareBytes(utf8(a.name), utf8(b.name)));
  return sorted.map(({ name, root }) => multistoreLeaf(name, root));
}

/** The app hash over named trees, 32 bytes: the same as cosmos-sdk's `CommitInfo.Hash`. */
export const multistoreHash = (roots: readonly NamedRoot[]): Uint8Array =>
  merkleRoot(multistoreLeaves(roots));
