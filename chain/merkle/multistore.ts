import { compareBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { type Absence, type Existence, innerStep, leafStep } from "./ics23.ts";
import { merkleProof, merkleRoot, turnsTo } from "./rfc6962.ts";
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
const multistoreLeaf = (name: string, root: Uint8Array): Uint8Array => {
  const text = utf8(name);
  const digest = sha256(root);
  return concat(uvarint(text.length), text, uvarint(digest.length), digest);
};

const byName = (roots: readonly NamedRoot[]): readonly NamedRoot[] =>
  [...roots].sort((a, b) => compareBytes(utf8(a.name), utf8(b.name)));

/** The leaves in the order of their names' bytes. */
const multistoreLeaves = (roots: readonly NamedRoot[]): readonly Uint8Array[] =>
  byName(roots).map(({ name, root }) => multistoreLeaf(name, root));

/** The app hash over named trees, 32 bytes: the same as cosmos-sdk's `CommitInfo.Hash`. */
export const multistoreHash = (roots: readonly NamedRoot[]): Uint8Array =>
  merkleRoot(multistoreLeaves(roots));

const SIMPLE_LEAF = Uint8Array.of(0);
const SIMPLE_INNER = Uint8Array.of(1);

function existenceAt(roots: readonly NamedRoot[], index: number): Existence | undefined {
  const found = roots[index];
  if (found === undefined) return undefined;
  const turns = turnsTo(index, roots.length).reverse();
  const path = merkleProof(multistoreLeaves(roots), index).map((aunt, i) =>
    turns[i] === "left"
      ? innerStep(SIMPLE_INNER, aunt)
      : innerStep(concat(SIMPLE_INNER, aunt), new Uint8Array()),
  );
  return { key: utf8(found.name), value: found.root, leaf: leafStep(SIMPLE_LEAF), path };
}

/** The proof under the app hash that a name has its root; undefined where it has none. */
export function multistoreExistence(roots: readonly NamedRoot[], name: string): Existence | undefined {
  const sorted = byName(roots);
  return existenceAt(
    sorted,
    sorted.findIndex((root) => root.name === name),
  );
}

/** The proof under the app hash that a name has no root; of no use where nothing has one. */
export function multistoreAbsence(roots: readonly NamedRoot[], name: string): Absence {
  const sorted = byName(roots);
  const key = utf8(name);
  const before = sorted.filter((root) => compareBytes(utf8(root.name), key) < 0).length;
  return { key, left: existenceAt(sorted, before - 1), right: existenceAt(sorted, before) };
}
