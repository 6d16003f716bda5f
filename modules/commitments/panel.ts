import { u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import * as elections from "#modules/elections/api.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { ListedItem, PanelSheet } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { panelDrawn } from "./events.ts";
import { sheets } from "./state.ts";

const NO_HASH = new Uint8Array(0);

/** The member's part of the panel's work; fails with (commitments, 14) where there is none. */
export function sheetOf(ctx: ReadCtx, { gameId, roundId }: RoundKey, member: string): PanelSheet {
  const found = sheets.get(ctx, [gameId, roundId, member]);
  ensure(found, errors.NoItems, { gameId, roundId });
  return found;
}

/**
 * Gives every item to as many other members of the committee as the game's panel has seats, by this block's
 * beacon: nobody can know whose labels will be compared with whose before all inputs are fixed.
 */
export function drawPanel(ctx: WriteCtx, key: RoundKey, items: readonly ListedItem[]): void {
  const { gameId, roundId } = key;
  const { panel } = elections.electionOf(ctx, key);
  if (panel === 0) return;
  const members = [...new Set(items.map(({ member }) => member))];
  assert(members.length > panel, "a quorum of sets that is no larger than the panel");
  const seed = elections.seedFor(ctx, "panel", utf8(gameId), u64be(roundId));
  const draws = drawsFrom("iterum/panel-draw/v1", seed);
  const places = new Map(members.map((member): [string, number[]] => [member, []]));
  for (const [place, { member }] of items.entries()) {
    const others = members.filter((each) => each !== member);
    for (const index of drawDistinct(draws, others.length, panel))
      places.get(others[index] as string)?.push(place);
  }
  for (const [member, own] of places) {
    if (own.length === 0) continue;
    sheets.set(ctx, [gameId, roundId, member], { member, places: own, labelsHash: NO_HASH, labels: [] });
    elections.seatOnPanel(ctx, key, member, own.length);
  }
  panelDrawn(ctx, { gameId, roundId, members: members.filter((member) => places.get(member)?.length) });
}
