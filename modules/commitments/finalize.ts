import { toHex } from "#chain/bytes/hex.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import { featurizerId } from "#chain/protocol/featurizers/spec.ts";
import { inputHash } from "#chain/protocol/item.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { ListedItem, RevealedSet } from "#proto/gen/iterum/commitments.ts";
import { featurizer, setsOf } from "./api.ts";
import { itemsFinal } from "./events.ts";
import { drawPanel } from "./panel.ts";
import { contents, lists } from "./state.ts";

/** Weight of all items together, before what rounding and duplicates take. */
const WEIGHT_TOTAL = 1_000_000_000n;

/** The items of the sets in canonical order, each with its share and without regard to copies. */
function listItems(ctx: WriteCtx, key: rounds.RoundKey, sets: readonly RevealedSet[]): ListedItem[] {
  const spec = featurizer(ctx, key);
  const id = featurizerId(spec);
  return sets.flatMap(({ member, items }) => {
    const weight = mulDiv(WEIGHT_TOTAL, 1n, BigInt(sets.length) * BigInt(items.length), "down");
    return items.map(({ index, input, contentHash }) => {
      const hash = inputHash(id, unpackInput(spec, input));
      return { member, index, weight, inputHash: hash, contentHash };
    });
  });
}

/** Copies share the weight of one; content that an earlier round opened is worth nothing. */
function weighCopies(ctx: WriteCtx, gameId: string, items: readonly ListedItem[]): ListedItem[] {
  const copies = new Map<string, bigint>();
  for (const { contentHash } of items) {
    const name = toHex(contentHash);
    copies.set(name, (copies.get(name) ?? 0n) + 1n);
  }
  return items.map((item) => {
    if (contents.has(ctx, [gameId, item.contentHash])) return { ...item, weight: 0n };
    const shared = copies.get(toHex(item.contentHash)) ?? 1n;
    return { ...item, weight: mulDiv(item.weight, 1n, shared, "down") };
  });
}

/**
 * After the reveals: fixes the round's items and weights for good, or asks for the round to be void when too
 * few sets or distinct contents came.
 */
export function finalizeItems(ctx: WriteCtx, key: rounds.RoundKey): void {
  const { gameId, roundId } = key;
  const sets = [...setsOf(ctx, key)];
  const items = weighCopies(ctx, gameId, listItems(ctx, key, sets));
  const counted = items.filter(({ weight }) => weight > 0n);
  const distinct = new Set(counted.map(({ contentHash }) => toHex(contentHash))).size;
  // What is open is known to everybody, even when the round comes to nothing.
  for (const { contentHash } of items)
    if (!contents.has(ctx, [gameId, contentHash])) contents.set(ctx, [gameId, contentHash], roundId);

  const { quorumSets, itemsMin } = elections.electionOf(ctx, key);
  if (sets.length < quorumSets || distinct < itemsMin) {
    const missing = `${sets.length} of ${quorumSets} sets, ${distinct} of ${itemsMin} distinct items`;
    rounds.voidRound(ctx, key, missing);
    return;
  }
  const totalWeight = items.reduce((sum, { weight }) => sum + weight, 0n);
  lists.set(ctx, [gameId, roundId], { items, totalWeight });
  itemsFinal(ctx, { gameId, roundId, items: items.length, sets: sets.length, distinct });
  drawPanel(ctx, key, items);
}
