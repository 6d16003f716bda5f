import { u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { drawsFrom } from "#chain/protocol/draw.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type Candidate, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { BONDS, electionOf, itemsPerSet } from "./api.ts";
import { seedFor } from "./beacon.ts";
import { elected } from "./events.ts";
import { drawWeighted, selectItems } from "./sortition.ts";
import { candidates, exclusions, roundKey, seats } from "./state.ts";

/** Empties the round's urn; those in it who may be drawn, in address order. */
function emptyUrn(ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey): Candidate[] {
  const { denom } = rounds.game(ctx, gameId);
  const eligible: Candidate[] = [];
  for (const [key, candidate] of candidates.under(ctx, roundKey, [gameId, roundId])) {
    candidates.delete(ctx, key);
    if (exclusions.has(ctx, key)) bank.send(ctx, BONDS, candidate.member, denom, candidate.bond);
    else eligible.push(candidate);
  }
  for (const [key] of exclusions.under(ctx, roundKey, [gameId, roundId])) exclusions.delete(ctx, key);
  return eligible;
}

/**
 * Draws the round's committee and its ranked alternates with this block's beacon, and the items that each
 * must open; everybody else gets the bond back.
 */
export function drawCommittee(ctx: WriteCtx, key: rounds.RoundKey): void {
  const { gameId, roundId } = key;
  const election = electionOf(ctx, gameId);
  const urn = emptyUrn(ctx, key);
  const where = [utf8(gameId), u64be(roundId)] as const;
  const draws = drawsFrom("iterum/election/v1", seedFor(ctx, "election", ...where));
  const drawn = drawWeighted(draws, urn, election.committee + election.alternates);
  const most = itemsPerSet(election);
  const names = drawn.map((index, rank) => {
    const { member, count, bond } = urn[index] as Candidate;
    const isAlternate = rank >= election.committee;
    const seed = seedFor(ctx, "items", ...where, addressBytes(member));
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
    return member;
  });
  const seated = new Set(names);
  const { denom } = rounds.game(ctx, gameId);
  for (const { member, bond } of urn) if (!seated.has(member)) bank.send(ctx, BONDS, member, denom, bond);
  elected(ctx, {
    gameId,
    roundId,
    committee: names.slice(0, election.committee),
    alternates: names.slice(election.committee),
  });
}
