import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** One entry of a state, as a store dumps it: by name of the space, then by key. */
export interface StateEntry {
  readonly space: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** An entry that two states do not share; undefined where one has none. */
export interface Difference {
  readonly space: string;
  readonly key: Uint8Array;
  readonly ours: Uint8Array | undefined;
  readonly theirs: Uint8Array | undefined;
}

const order = (a: StateEntry, b: StateEntry): number =>
  compareBytes(utf8(a.space), utf8(b.space)) || compareBytes(a.key, b.key);

/** The first entry, by space and key, that two states do not share; reads both once, in step. */
export async function firstDifference(
  ours: AsyncIterable<StateEntry> | Iterable<StateEntry>,
  theirs: AsyncIterable<StateEntry> | Iterable<StateEntry>,
): Promise<Difference | undefined> {
  const [left, right] = [iterator(ours), iterator(theirs)];
  for (;;) {
    const [a, b] = [await left.next(), await right.next()];
    if (a.done === true && b.done === true) return undefined;
    const side = a.done === true ? 1 : b.done === true ? -1 : order(a.value, b.value);
    const [ourEntry, theirEntry] = [a.done ? undefined : a.value, b.done ? undefined : b.value];
    const at = side <= 0 ? ourEntry : theirEntry;
    const [ourValue, theirValue] = [
      side <= 0 ? ourEntry?.value : undefined,
      side >= 0 ? theirEntry?.value : undefined,
    ];
    if (at && !same(ourValue, theirValue))
      return { space: at.space, key: at.key, ours: ourValue, theirs: theirValue };
  }
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && equalBytes(a, b);

async function* iterator(
  entries: AsyncIterable<StateEntry> | Iterable<StateEntry>,
): AsyncGenerator<StateEntry> {
  yield* entries;
}

const VALUE_SHOWN = 40;

function shown(value: Uint8Array | undefined): string {
  if (value === undefined) return "nothing";
  const head = toHex(value.subarray(0, VALUE_SHOWN));
  return value.length > VALUE_SHOWN ? `${head}… (${value.length} bytes)` : head;
}

/** A difference in one line. */
export const describeDifference = ({ space, key, ours, theirs }: Difference): string =>
  `space ${space}, key ${toHex(key)}: ours ${shown(ours)}, theirs ${shown(theirs)}`;
