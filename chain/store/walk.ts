import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { fromKey } from "#chain/bytes/latin1.ts";
import { iavlInnerPrefix, iavlLeafPrefix, iavlStep } from "#chain/merkle/iavl.ts";
import { type Absence, type Existence, type InnerStep, leafStep } from "#chain/merkle/ics23.ts";
import type { Child, Load, NodeRef } from "./node.ts";
import { digestOf, opened } from "./packed.ts";
import type { Entry } from "./port.ts";

/** The value of a key. */
export function find(root: NodeRef | undefined, load: Load, key: Uint8Array): Uint8Array | undefined {
  let next: Child | undefined = root;
  while (next !== undefined) {
    const node = opened(next, load);
    if (node.kind === "leaf") return equalBytes(node.key, key) ? node.value : undefined;
    next = compareBytes(key, node.key) < 0 ? node.left : node.right;
  }
  return undefined;
}

/** The entries of a tree with start ≤ key < end, ascending or descending; opens only pages on their paths. */
export function* walk(
  root: NodeRef | undefined,
  load: Load,
  start: Uint8Array,
  end: Uint8Array | undefined,
  order: "ascending" | "descending",
): Generator<Entry> {
  const stack: Child[] = root === undefined ? [] : [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = opened(next, load);
    const beforeEnd = end === undefined || compareBytes(node.key, end) < 0;
    if (node.kind === "leaf") {
      if (beforeEnd && compareBytes(node.key, start) >= 0) yield [node.key, node.value];
      continue;
    }
    const left = compareBytes(start, node.key) < 0 ? node.left : undefined;
    const right = beforeEnd ? node.right : undefined;
    const [first, second] = order === "ascending" ? [left, right] : [right, left];
    if (second !== undefined) stack.push(second);
    if (first !== undefined) stack.push(first);
  }
}

/** The existence proof of a key against the root's hash, or undefined where the tree has no such key. */
export function existence(root: NodeRef | undefined, load: Load, key: Uint8Array): Existence | undefined {
  const path: InnerStep[] = [];
  let next: Child | undefined = root;
  while (next !== undefined) {
    const node = opened(next, load);
    if (node.kind === "leaf") {
      if (!equalBytes(node.key, key)) return undefined;
      path.reverse();
      return { key: node.key, value: node.value, leaf: leafStep(iavlLeafPrefix(node.version)), path };
    }
    const { left, right } = node;
    const prefix = iavlInnerPrefix(node.height, node.size, node.version);
    const isLeft = compareBytes(key, node.key) < 0;
    const sibling = fromKey(digestOf(isLeft ? right : left));
    path.push(iavlStep(prefix, isLeft ? "left" : "right", sibling));
    next = isLeft ? left : right;
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
