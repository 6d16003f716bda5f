import type { WriteCtx } from "#chain/kernel/ctx.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { callIn, owesLabels, release, seatsOf, slash } from "./api.ts";

/**
 * After REVEAL_INPUTS: who withheld is slashed and the first alternates are called in for the missing sets.
 */
export function callAlternates(ctx: WriteCtx, key: RoundKey): void {
  let missing = 0;
  for (const seat of seatsOf(ctx, key)) {
    if (seat.status === SeatStatus.SEAT_STATUS_ELECTED) {
      slash(ctx, key, seat, "inputs withheld");
      missing += 1;
    } else if (seat.status === SeatStatus.SEAT_STATUS_ALTERNATE) {
      if (missing > 0) callIn(ctx, key, seat);
      else release(ctx, key, seat);
      missing -= 1;
    }
  }
}

/** After REVEAL_INPUTS_2: called alternates that withheld are slashed too. */
export function endReveals(ctx: WriteCtx, key: RoundKey): void {
  for (const seat of seatsOf(ctx, key))
    if (seat.status === SeatStatus.SEAT_STATUS_CALLED) slash(ctx, key, seat, "inputs withheld");
}

/** After REVEAL_LABELS: whoever left labels closed, its own or those of others' items, is slashed. */
export function endLabels(ctx: WriteCtx, key: RoundKey): void {
  for (const seat of seatsOf(ctx, key)) {
    if (!owesLabels(seat)) continue;
    const isOwn = seat.status === SeatStatus.SEAT_STATUS_REVEALED;
    slash(ctx, key, seat, isOwn ? "labels withheld" : "labels of others withheld");
  }
}

/** A void round leaves no duty: those who did theirs get their bonds back. */
export function releaseAll(ctx: WriteCtx, key: RoundKey): void {
  for (const seat of seatsOf(ctx, key))
    if (seat.status !== SeatStatus.SEAT_STATUS_SLASHED && seat.bond > 0n) release(ctx, key, seat);
}
