import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { iavlInnerPrefix, iavlLeafPrefix, iavlStep } from "#chain/merkle/iavl.ts";
import { type Absence, type Existence, type InnerStep, leafStep } from "#chain/merkle/ics23.ts";
import type { NodeRef } from "./node.ts";
import type { Entry } from "./port.ts";
import type { Load } from "./tree.ts";

/** The entries of a tree with start ≤ key < end, ascending or descending; opens only nodes on their paths. */
export function* walk(
  root: NodeRef | undefined,
  load: Load,
  start: Uint8Array,
  end: Uint8Array | undefined,
  order: "ascending" | "descending",
): Generator<Entry> {
  const stack: NodeRef[] = root === undefined ? [] : [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = load(next);
    const beforeEnd = end === undefined || compareBytes(node.key, end) < 0;
    if (node.kind === "leaf") {
      if (beforeEnd && compareBytes(node.key, start) >= 0) yield [node.key, node.value];
      continue;
    }
    const children: NodeRef[] = [];
    if (compareBytes(start, node.key) < 0) children.push(node.left);
    if (beforeEnd) children.push(node.right);
    if (order === "ascending") children.reverse();
    stack.push(...children);
  }
}

/** The existence proof of a key against the root's hash, or undefined where the tree has no such key. */
export function existence(root: NodeRef | undefined, load: Load, key: Uint8Array): Existence | undefined {
  const path: InnerStep[] = [];
  let ref = root;
  while (ref !== undefined) {
    const node = load(ref);
    if (node.kind === "leaf") {
      if (!equalBytes(node.key, key)) return undefined;
      path.reverse();
      return { key: node.key, value: node.value, leaf: leafStep(iavlLeafPrefix(ref.version)), path };
    }
    const prefix = iavlInnerPrefix(node.height, node.size, ref.version);
    const isLeft = compareBytes(key, node.key) < 0;
    path.push(isLeft ? iavlStep(prefix, "left", node.right.hash) : iavlStep(prefix, "right", node.left.hash));
    ref = isLeft ? node.left : node.right;
  }
  return undefined;
}

/** The proof that a tree has no such key: the entries before and behind it, and that they are neighbours. */
export function absence(root: NodeRef | undefined, load: Load, key: Uint8Array): Absence {
  const [before] = walk(root, load, new Uint8Array(), key, "descending");
  const [behind] = walk(root, load, key, undefined, "ascending");
  return {
    key,
    left: before && existence(root, load, before[0]),
    right: behind && existence(root, load, behind[0]),
  };
}
