import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { ItemList, PanelSheet, RevealedSet } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { lists, roundKey, sets, sheets } from "./state.ts";

/** The round's final items; fails with (commitments, 14) before they are. */
export function itemList(ctx: ReadCtx, { gameId, roundId }: RoundKey): ItemList {
  const found = lists.get(ctx, [gameId, roundId]);
  ensure(found, errors.NoItems, { gameId, roundId });
  return found;
}

/** The opened sets of a round in address order. */
export function* setsOf(ctx: ReadCtx, { gameId, roundId }: RoundKey): Iterable<RevealedSet> {
  for (const [, set] of sets.under(ctx, roundKey, [gameId, roundId])) yield set;
}

/** What each member of the round's panel has to label and has labelled, in address order. */
export function* sheetsOf(ctx: ReadCtx, { gameId, roundId }: RoundKey): Iterable<PanelSheet> {
  for (const [, sheet] of sheets.under(ctx, roundKey, [gameId, roundId])) yield sheet;
}
