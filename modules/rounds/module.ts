import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, invariant, queries } from "#chain/kernel/module.ts";
import { type Game, GenesisState, Phase, Query } from "#proto/gen/iterum/rounds.ts";
import { advanceRounds } from "./advance.ts";
import { allGames, round, roundMeant, runningRounds, scheduleOf } from "./api.ts";
import { errors } from "./errors.ts";
import { addGame, setSchedule } from "./games.ts";
import { endOf } from "./schedule.ts";
import { games, lastRoundIds, params, rounds, running, schedules } from "./state.ts";

const PAGE_MAX = 100;

const answers: Answers<typeof Query> = {
  games: (ctx) => ({ games: allGames(ctx).map((game) => shown(ctx, game)), params: params.get(ctx) }),
  round: (ctx, key) => ({ round: round(ctx, key) }),
  rounds: (ctx, { gameId, fromRoundId }) => {
    const last = lastRoundIds.get(ctx, gameId) ?? 0n;
    const found = [];
    for (let id = fromRoundId > 0n ? fromRoundId : 1n; id <= last && found.length < PAGE_MAX; id++)
      found.push(round(ctx, { gameId, roundId: id }));
    return { rounds: found };
  },
};

const roundsEndInTime = invariant("no running round is past the end of its phase", "cheap", (ctx) => {
  for (const { phase, ends } of runningRounds(ctx))
    if (phase >= Phase.PHASE_DONE || ctx.height >= endOf(ends, phase)) return false;
  return true;
});

/** The game with the schedule of its last round. */
const shown = (ctx: ReadCtx, game: Game): Game => ({
  ...game,
  schedule: scheduleOf(ctx, roundMeant(ctx, { gameId: game.gameId, roundId: 0n })),
});

export const roundsModule = defineModule({
  name: "rounds",
  version: 1,
  messages: [],
  queries: queries(Query, answers),
  invariants: [roundsEndInTime],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      ensure(genesis.params, errors.BadGame, { missing: "params" });
      params.set(ctx, genesis.params);
      for (const game of genesis.games) addGame(ctx, game);
      for (const { gameId, fromRound, schedule } of genesis.schedules) {
        ensure(schedule, errors.BadGame, { gameId, missing: "schedule" });
        setSchedule(ctx, { gameId, roundId: fromRound }, schedule);
      }
      for (const each of genesis.rounds) {
        const { gameId, roundId } = each;
        ensure(games.has(ctx, gameId), errors.BadGame, { gameId });
        rounds.set(ctx, [gameId, roundId], each);
        if (each.phase < Phase.PHASE_DONE) running.set(ctx, [gameId, roundId], true);
        if (roundId > (lastRoundIds.get(ctx, gameId) ?? 0n)) lastRoundIds.set(ctx, gameId, roundId);
      }
    },
    dump: (ctx) => ({
      params: params.get(ctx),
      games: allGames(ctx),
      schedules: [...schedules.all(ctx)].map(([[gameId, fromRound], schedule]) => ({
        ...{ gameId, fromRound, schedule },
      })),
      rounds: [...rounds.all(ctx)].map(([, each]) => each),
    }),
  },
  endBlock: (ctx) => advanceRounds(ctx, allGames(ctx)),
});
