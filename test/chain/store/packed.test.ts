import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nodeHasher } from "#chain/store/digest.ts";
import type { Child, Load, NodeRef, Packed, Whole } from "#chain/store/node.ts";
import { digestOf, packBytes, packedOpener, packPage, taken } from "#chain/store/packed.ts";
import { pageBytes, readPage, writePage } from "#chain/store/page.ts";
import { draftTree, type NewPage } from "#chain/store/tree.ts";

const hasher = nodeHasher();
const openPacked = packedOpener();

/** A node and all below it in its page, as they come out of it one by one. */
function unfolded(child: Child): Whole {
  const node = child.kind === "packed" ? taken(child) : child;
  if (node.kind === "ref") return node;
  const hash = digestOf(child);
  if (node.kind === "leaf") return { ...node, hash };
  return { ...node, hash, left: unfolded(node.left), right: unfolded(node.right) };
}

function storedForm(top: Child): Buffer {
  const bytes = Buffer.alloc(pageBytes(top, "stored"));
  assert.equal(writePage(bytes, 0, top, "stored"), bytes.length);
  return bytes;
}

/** The pages of a tree that grows version by version, in memory as a store holds them. */
function shelf() {
  const pages = new Map<string, Packed>();
  const id = ({ version, nonce }: NodeRef): string => `${version}/${nonce}`;
  return {
    load: ((ref) => pages.get(id(ref)) as Packed) satisfies Load,
    keep({ ref, top }: NewPage): Packed {
      const stored = storedForm(top);
      const bytes = Buffer.alloc(packBytes(top, stored));
      packPage(bytes, 0, top, stored);
      const packed = openPacked(bytes);
      pages.set(id(ref), packed);
      return packed;
    },
  };
}

const key = fc.uint8Array({ minLength: 1, maxLength: 3 });
const value = fc.option(fc.uint8Array({ minLength: 1, maxLength: 70 }), { nil: undefined });
const version = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 60 });

test("a packed page has the nodes, hashes and bytes of the page, however much of it was copied", () => {
  fc.assert(
    fc.property(fc.array(version, { minLength: 1, maxLength: 8 }), (versions) => {
      const { load, keep } = shelf();
      let root: NodeRef | undefined;
      for (const [i, changes] of versions.entries()) {
        const draft = draftTree(root, load, hasher);
        for (const [at, what] of changes)
          if (what === undefined) draft.remove(at);
          else draft.set(at, what);
        const made = draft.finish(i + 1);
        root = made.root;
        for (const page of made.created) {
          const packed = keep(page);
          const stored = storedForm(page.top);
          assert.deepEqual(unfolded(packed), readPage(stored, hasher));
          assert.deepEqual(storedForm(packed), stored);
          const portable = Buffer.alloc(pageBytes(packed, "portable"));
          assert.equal(writePage(portable, 0, packed, "portable"), portable.length);
          const whole = readPage(stored, hasher);
          const expected = Buffer.alloc(pageBytes(whole, "portable"));
          writePage(expected, 0, whole, "portable");
          assert.deepEqual(portable, expected);
        }
      }
    }),
  );
});

test("an edit says what was there, and one that changes nothing leaves the tree as it is", () => {
  const { load, keep } = shelf();
  const first = draftTree(undefined, load, hasher);
  const bytes = (n: number): Uint8Array => Uint8Array.of(n);
  for (let i = 0; i < 100; i++) assert.equal(first.set(bytes(i), bytes(i + 1)), undefined);
  const { root, created } = first.finish(1);
  for (const page of created) keep(page);
  const same = draftTree(root, load, hasher);
  for (let i = 0; i < 100; i++) assert.deepEqual(same.set(bytes(i), bytes(i + 1)), bytes(i + 1));
  assert.equal(same.remove(bytes(200)), undefined);
  assert.deepEqual(same.finish(2), { root, created: [], orphans: [] });
  const other = draftTree(root, load, hasher);
  assert.deepEqual(other.remove(bytes(7)), bytes(8));
  assert.equal(other.remove(bytes(7)), undefined);
  assert.deepEqual(other.set(bytes(8), bytes(1)), bytes(9));
  assert.notEqual(other.finish(2).root?.hash, root?.hash);
});
