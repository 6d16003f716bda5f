import { assert, ensure } from "#chain/kernel/error.ts";
import { Phase, type Schedule } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";

/** The phases with a length, in order. */
const timedPhases = [
  Phase.PHASE_OPEN,
  Phase.PHASE_OPEN_ORDERS,
  Phase.PHASE_ELECT,
  Phase.PHASE_REVEAL_INPUTS,
  Phase.PHASE_REVEAL_INPUTS_2,
  Phase.PHASE_LABEL,
  Phase.PHASE_PREDICT,
  Phase.PHASE_OPEN_PREDICTIONS,
  Phase.PHASE_REVEAL_LABELS,
  Phase.PHASE_PROVE,
  Phase.PHASE_SETTLE,
] as const;

/** Phases in which nobody may have anything to send: whoever plays in them sees that they have a length. */
const OPTIONAL: ReadonlySet<string> = new Set(["openOrders", "label", "predict", "openPredictions", "prove"]);
/** Least blocks between close and draw, so that no proposer alone chooses the committee. */
const ELECTION_DELAY_MIN = 8;
/** Least length of a phase in which somebody has something to send, in production games. */
const PHASE_BLOCKS_MIN = 20;
const PHASE_BLOCKS_MAX = 10_000_000;

function lengths(schedule: Schedule, first: boolean): readonly number[] {
  return [
    first ? schedule.firstOpen : schedule.open,
    schedule.openOrders,
    schedule.elect,
    schedule.revealInputs,
    schedule.revealInputs2,
    schedule.label,
    schedule.predict,
    schedule.openPredictions,
    schedule.revealLabels,
    schedule.prove,
    schedule.settle,
  ];
}

/** Last height of each timed phase of a round that opens after `openHeight`. */
export function phaseEnds(schedule: Schedule, openHeight: bigint, first: boolean): bigint[] {
  let end = openHeight;
  return lengths(schedule, first).map((length) => {
    end += BigInt(length);
    return end;
  });
}

/** Last height of a phase in a round's list of ends. */
export function endOf(ends: readonly bigint[], phase: number): bigint {
  const end = ends[(timedPhases as readonly number[]).indexOf(phase)];
  assert(end !== undefined, `phase ${phase} has no end`);
  return end;
}

/** Fails with (rounds, 5) unless a round is over before the next one, whose OPEN has that length, closes. */
export function ensureOverBefore(gameId: string, schedule: Schedule, open: number): void {
  const afterClose = lengths(schedule, false)
    .slice(1)
    .reduce((sum, blocks) => sum + blocks, 0);
  ensure(open > afterClose, errors.BadGame, { gameId, open, afterClose });
}

/**
 * Fails with (rounds, 5) unless the schedule can be played: every phase in which somebody must act is long
 * enough, or passes in no time, the draw comes late enough after the close, and a round is over before the
 * next one closes, so that operators can train on it (design: game.md §4).
 */
export function checkSchedule(gameId: string, schedule: Schedule, dev: boolean): void {
  const least = dev ? 1 : PHASE_BLOCKS_MIN;
  for (const [phase, blocks] of Object.entries(schedule)) {
    const quiet = phase === "elect" || phase === "settle";
    const isSkipped = blocks === 0 && OPTIONAL.has(phase);
    ensure(isSkipped || blocks >= (quiet ? 1 : least), errors.BadGame, { gameId, phase, blocks });
    ensure(blocks <= PHASE_BLOCKS_MAX, errors.BadGame, { gameId, phase, blocks });
  }
  const delay = schedule.openOrders + schedule.elect;
  ensure(delay >= (dev ? 1 : ELECTION_DELAY_MIN), errors.BadGame, { gameId, electionDelay: delay });
  ensureOverBefore(gameId, schedule, schedule.open);
}
