import type { App } from "#chain/app.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { Receipt } from "#cli/views/receipt.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as markets from "#modules/markets/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";

/** A round that has ended, with what its payouts came of where it was settled. */
export interface EndedRound extends Partial<Receipt> {
  readonly gameId: string;
  readonly roundId: bigint;
  readonly phase: string;
  readonly endedHeight: bigint;
  readonly reason: string;
}

function endedRound(ctx: ReadCtx, key: rounds.RoundKey): EndedRound {
  const { gameId, roundId, endedHeight, reason, phase } = rounds.round(ctx, key);
  const ended = { gameId, roundId, endedHeight, reason, phase: rounds.phaseName(phase as Phase) };
  if (phase !== Phase.PHASE_DONE) return ended;
  return {
    ...ended,
    outcome: markets.outcomeOf(ctx, key),
    orders: markets.ordersOf(ctx, key),
    committee: commitments.committeePay(ctx, key),
  };
}

/** Asked after every block: the rounds that ended since it was asked last. */
export function endedRounds(): (app: App) => readonly EndedRound[] {
  let before: readonly rounds.RoundKey[] = [];
  return (app) =>
    app.read((ctx) => {
      const running = [...rounds.runningRounds(ctx)].map(({ gameId, roundId }) => ({ gameId, roundId }));
      const isRunning = new Set(running.map(({ gameId, roundId }) => `${gameId}/${roundId}`));
      const gone = before.filter(({ gameId, roundId }) => !isRunning.has(`${gameId}/${roundId}`));
      before = running;
      return gone.map((key) => endedRound(ctx, key));
    });
}

/** The receipt of a round that was settled. */
export function receiptOf({ outcome, orders, committee }: EndedRound): Receipt | undefined {
  return outcome && orders && committee ? { outcome, orders, committee } : undefined;
}
