import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes } from "#chain/bytes/compare.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { describeDifference, firstDifference, type StateEntry } from "#chain/node/difference.ts";

const entries = fc
  .uniqueArray(
    fc.record({
      space: fc.constantFrom("auth", "bank", "bankrupt"),
      key: fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 }),
      value: fc.uint8Array({ minLength: 1, maxLength: 2, max: 1 }),
    }),
    { selector: ({ space, key }) => `${space}/${key}` },
  )
  .map((list): StateEntry[] =>
    list.sort((a, b) => compareBytes(utf8(a.space), utf8(b.space)) || compareBytes(a.key, b.key)),
  );

const id = ({ space, key }: Pick<StateEntry, "space" | "key">): string => `${space}/${key}`;

test("the first difference is the smallest of the keys that two states do not share", async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, async (ours, theirs) => {
      const [a, b] = [ours, theirs].map(
        (list) => new Map(list.map((entry) => [id(entry), `${entry.value}`])),
      );
      const all = [...ours, ...theirs].sort(
        (x, y) => compareBytes(utf8(x.space), utf8(y.space)) || compareBytes(x.key, y.key),
      );
      const expected = all.find((entry) => a?.get(id(entry)) !== b?.get(id(entry)));
      const found = await firstDifference(ours, theirs);
      assert.equal(found && id(found), expected && id(expected));
      if (found === undefined) return;
      assert.equal(found.ours && `${found.ours}`, a?.get(id(found)));
      assert.equal(found.theirs && `${found.theirs}`, b?.get(id(found)));
    }),
    { numRuns: 500 },
  );
});

test("a difference is told in one line, with nothing where one side has no entry", () => {
  const found = { space: "bank", key: Uint8Array.of(1, 171), ours: undefined, theirs: new Uint8Array(50) };
  assert.equal(
    describeDifference(found),
    `space bank, key 01ab: ours nothing, theirs ${"00".repeat(40)}… (50 bytes)`,
  );
});
