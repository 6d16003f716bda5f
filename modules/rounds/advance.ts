import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { type Game, Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { game, phaseEntered, phaseName, round as readRound, scheduleOf } from "./api.ts";
import { phaseEnteredEvent } from "./events.ts";
import { endOf, phaseEnds } from "./schedule.ts";
import { lastRoundIds, rounds, running } from "./state.ts";

function enter(ctx: WriteCtx, round: Round, phase: Phase): void {
  const { gameId, roundId, reason } = round;
  const ended = phase >= Phase.PHASE_DONE;
  rounds.set(ctx, [gameId, roundId], { ...round, phase, endedHeight: ended ? ctx.height : 0n });
  if (ended) running.delete(ctx, [gameId, roundId]);
  phaseEnteredEvent(ctx, {
    gameId,
    roundId,
    phase: phaseName(phase),
    endsHeight: ended ? 0n : endOf(round.ends, phase),
    reason,
  });
  ctx.fire(phaseEntered, { gameId, roundId, phase });
}

/** Opens the game's next round at the end of this block. A round that cannot be funded is skipped at once. */
function openNext(ctx: WriteCtx, { gameId }: Game): void {
  const roundId = (lastRoundIds.get(ctx, gameId) ?? 0n) + 1n;
  const first = roundId === 1n;
  const schedule = scheduleOf(ctx, { gameId, roundId });
  const ends = phaseEnds(schedule, ctx.height, first);
  lastRoundIds.set(ctx, gameId, roundId);
  running.set(ctx, [gameId, roundId], true);
  enter(
    ctx,
    { gameId, roundId, phase: Phase.PHASE_OPEN, openHeight: ctx.height, ends, reason: "", endedHeight: 0n },
    Phase.PHASE_OPEN,
  );
  const opened = readRound(ctx, { gameId, roundId });
  if (opened.reason !== "") enter(ctx, opened, Phase.PHASE_SKIPPED);
}

/** The phase that a round turns to at the end of this block; undefined to stay. */
function nextPhase(ctx: WriteCtx, round: Round): Phase | undefined {
  if (round.phase === Phase.PHASE_SETTLE) {
    if (round.endedHeight > 0n) return Phase.PHASE_DONE;
    assert(ctx.height < endOf(round.ends, Phase.PHASE_SETTLE), "a round was not settled by its last height");
    return undefined;
  }
  if (round.phase < Phase.PHASE_PREDICT && round.reason !== "") return Phase.PHASE_VOID;
  return ctx.height >= endOf(round.ends, round.phase) ? round.phase + 1 : undefined;
}

/** Turns a round through every phase that ends with this block: empty phases pass in one go. */
function advance(ctx: WriteCtx, gameId: string, roundId: bigint): void {
  for (;;) {
    const round = readRound(ctx, { gameId, roundId });
    const phase = nextPhase(ctx, round);
    if (phase === undefined) return;
    enter(ctx, round, phase);
    if (phase === Phase.PHASE_OPEN_ORDERS) openNext(ctx, game(ctx, gameId));
    if (phase >= Phase.PHASE_DONE) return;
  }
}

/** Opens rounds whose time has come and turns the phases of those that run. */
export function advanceRounds(ctx: WriteCtx, games: readonly Game[]): void {
  for (const each of games) {
    const last = lastRoundIds.get(ctx, each.gameId);
    if (last === undefined) {
      if (ctx.height >= each.startHeight) openNext(ctx, each);
      continue;
    }
    const found = readRound(ctx, { gameId: each.gameId, roundId: last });
    // A skipped or early voided round has nobody to open its successor: it opens at the close it had.
    const orphaned = found.phase > Phase.PHASE_DONE && ctx.height === endOf(found.ends, Phase.PHASE_OPEN);
    if (orphaned) openNext(ctx, each);
  }
  for (const [[gameId, roundId]] of [...running.all(ctx)]) advance(ctx, gameId, roundId);
}
