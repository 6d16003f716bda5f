import { u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { drawsFrom } from "#chain/protocol/draw.ts";
import type * as rounds from "#modules/rounds/api.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { electionOf, itemsPerSet } from "./api.ts";
import { seedFor } from "./beacon.ts";
import { elected } from "./events.ts";
import { mechanismOf } from "./mechanisms.ts";
import { selectItems } from "./sortition.ts";
import { seats } from "./state.ts";
import { endUrn, seatFrom } from "./urn.ts";

/**
 * Seats the round's committee and its ranked alternates by the game's mechanism, and draws the items that
 * each must open; everybody else gets the bond back, a bounded number of them a block.
 */
export function drawCommittee(ctx: WriteCtx, key: rounds.RoundKey): void {
  const { gameId, roundId } = key;
  const election = electionOf(ctx, key);
  const mechanism = mechanismOf(election.mechanism);
  assert(mechanism, `no election mechanism ${election.mechanism}`);
  const drawn = mechanism.draw(ctx, key, election);
  const most = itemsPerSet(election);
  for (const [rank, candidate] of drawn.entries()) {
    const { member, count, bond } = candidate;
    const isAlternate = rank >= election.committee;
    const seed = seedFor(ctx, "items", utf8(gameId), u64be(roundId), addressBytes(member));
    seatFrom(ctx, key, candidate);
    seats.set(ctx, [gameId, roundId, member], {
      member,
      rank,
      status: isAlternate ? SeatStatus.SEAT_STATUS_ALTERNATE : SeatStatus.SEAT_STATUS_ELECTED,
      selected: selectItems(drawsFrom("iterum/items/v1", seed), count, most),
      count,
      bond,
      panelItems: 0,
      panelHeight: 0n,
    });
  }
  endUrn(ctx, key);
  const names = drawn.map(({ member }) => member);
  elected(ctx, {
    gameId,
    roundId,
    committee: names.slice(0, election.committee),
    alternates: names.slice(election.committee),
  });
}
