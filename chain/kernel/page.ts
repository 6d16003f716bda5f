import { compareBytes } from "#chain/bytes/compare.ts";

/** Most entries of one page, and as many as one has unless asked for fewer. */
export const PAGE_MAX = 100;
const NO_KEY: Uint8Array = new Uint8Array(0);

/** Which page of a list to give, as clients of the Cosmos world ask for it. */
export interface PageAsked {
  /** `nextKey` of the page before; empty for the first. */
  readonly key: Uint8Array;
  /** Entries to skip, instead of a key. */
  readonly offset: bigint;
  /** 0 for the default; more than `PAGE_MAX` gives that many. */
  readonly limit: bigint;
  /** Whether to count all entries, which a page that begins at a key never does. */
  readonly countTotal: boolean;
  readonly reverse: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: { readonly nextKey: Uint8Array; readonly total: bigint };
}

const FIRST: PageAsked = { key: NO_KEY, offset: 0n, limit: 0n, countTotal: false, reverse: false };

/** The page of entries that stand in ascending order of keys which are unique among them. */
export function pageOf<T>(entries: Iterable<readonly [Uint8Array, T]>, asked = FIRST): Page<T> {
  const { key, offset, limit, reverse } = asked;
  const most = limit === 0n || limit > BigInt(PAGE_MAX) ? PAGE_MAX : Number(limit);
  const byKey = key.length > 0;
  const counts = asked.countTotal && !byKey;
  const items: T[] = [];
  let [nextKey, total] = [NO_KEY, 0n];
  for (const [at, item] of reverse ? [...entries].reverse() : entries) {
    const before = reverse ? compareBytes(at, key) > 0 : compareBytes(at, key) < 0;
    if (byKey && before) continue;
    total += 1n;
    if (!byKey && total <= offset) continue;
    if (items.length < most) items.push(item);
    else if (nextKey.length === 0) nextKey = at;
    if (nextKey.length > 0 && !counts) break;
  }
  return { items, pagination: { nextKey, total: counts ? total : 0n } };
}
