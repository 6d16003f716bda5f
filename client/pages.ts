import type { PageRequest, PageResponse } from "#proto/gen/cosmos/base/query.ts";

/** What the chain gives of a list at once. */
const PAGE = 100n;
const NO_KEY: Uint8Array = new Uint8Array(0);

/** All entries of a list that the chain gives in pages, in its order. */
export async function allPages<T>(
  page: (pagination: PageRequest) => Promise<readonly [readonly T[], PageResponse | undefined]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let key = NO_KEY; ; ) {
    const [entries, answer] = await page({ key, offset: 0n, limit: PAGE, countTotal: false, reverse: false });
    found.push(...entries);
    key = answer?.nextKey ?? NO_KEY;
    if (key.length === 0) return found;
  }
}
