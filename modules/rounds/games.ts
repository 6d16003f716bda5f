import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Game, Schedule } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import type { RoundKey } from "./key.ts";
import { checkSchedule, ensureOverBefore } from "./schedule.ts";
import { games, params, schedules } from "./state.ts";

const CLASSES_MIN = 2;
const CLASSES_MAX = 16;
/** Scalars in millionths, both ends among them. */
const LABEL_VALUES_MAX = 1_000_001;
const GAME_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;

export const isDev = (ctx: ReadCtx): boolean => params.get(ctx).dev;

/** The game; fails with (rounds, 2). */
export function game(ctx: ReadCtx, gameId: string): Game {
  const found = games.get(ctx, gameId);
  ensure(found, errors.NoGame, { gameId: gameId.slice(0, 40) });
  return found;
}

/** Every game, by its id. */
export const allGames = (ctx: ReadCtx): Game[] => [...games.all(ctx)].map(([, found]) => found);

/** The schedule of a round, which need not have opened. */
export function scheduleOf(ctx: ReadCtx, { gameId, roundId }: RoundKey): Schedule {
  const found = schedules.at(ctx, gameId, roundId) ?? game(ctx, gameId).schedule;
  assert(found, "a game without a schedule");
  return found;
}

/** How many values a label of the game may take: labels are below it. */
export function labelValues(ctx: ReadCtx, gameId: string): number {
  const { classes, labelValues: values } = game(ctx, gameId);
  return values > 0 ? values : classes;
}

/** Takes a new game in; fails with (rounds, 5) unless it can be played. */
export function addGame(ctx: WriteCtx, added: Game): void {
  const { gameId, classes, denom, labelValues, schedule } = added;
  ensure(GAME_ID.test(gameId), errors.BadGame, { gameId: gameId.slice(0, 40) });
  ensure(!games.has(ctx, gameId), errors.BadGame, { gameId, twice: true });
  ensure(classes >= CLASSES_MIN && classes <= CLASSES_MAX, errors.BadGame, { gameId, classes });
  const values = labelValues === 0 || (labelValues >= classes && labelValues <= LABEL_VALUES_MAX);
  ensure(values, errors.BadGame, { gameId, labelValues });
  ensure(denom !== "", errors.BadGame, { gameId, missing: "denom" });
  ensure(schedule, errors.BadGame, { gameId, missing: "schedule" });
  checkSchedule(gameId, schedule, isDev(ctx));
  games.set(ctx, gameId, added);
}

/** Gives a game another schedule from a round on; fails with (rounds, 5) unless it can be played. */
export function setSchedule(ctx: WriteCtx, { gameId, roundId }: RoundKey, schedule: Schedule): void {
  game(ctx, gameId);
  checkSchedule(gameId, schedule, isDev(ctx));
  schedules.set(ctx, gameId, roundId, schedule);
}

/** Fails with (rounds, 5) unless the round before the given one is over before this one closes. */
export function checkGame(ctx: ReadCtx, key: RoundKey): void {
  const { gameId, roundId } = key;
  if (roundId < 2n) return;
  const before = scheduleOf(ctx, { gameId, roundId: roundId - 1n });
  ensureOverBefore(gameId, before, scheduleOf(ctx, key).open);
}
