import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, invariant, queries } from "#chain/kernel/module.ts";
import { type Game, GenesisState, Phase, Query } from "#proto/gen/iterum/rounds.ts";
import { advanceRounds } from "./advance.ts";
import { round, runningRounds } from "./api.ts";
import { errors } from "./errors.ts";
import { checkSchedule, endOf } from "./schedule.ts";
import { games, lastRoundIds, params, rounds, running } from "./state.ts";

const CLASSES_MIN = 2;
const CLASSES_MAX = 16;
/** Scalars in millionths, both ends among them. */
const LABEL_VALUES_MAX = 1_000_001;
const PAGE_MAX = 100;
const GAME_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;

const answers: Answers<typeof Query> = {
  games: (ctx) => ({ games: [...games.all(ctx)].map(([, game]) => game), params: params.get(ctx) }),
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

function addGame(ctx: WriteCtx, game: Game): void {
  const { gameId, classes, denom, labelValues } = game;
  ensure(GAME_ID.test(gameId), errors.BadGame, { gameId: gameId.slice(0, 40) });
  ensure(!games.has(ctx, gameId), errors.BadGame, { gameId, twice: true });
  ensure(classes >= CLASSES_MIN && classes <= CLASSES_MAX, errors.BadGame, { gameId, classes });
  const values = labelValues === 0 || (labelValues >= classes && labelValues <= LABEL_VALUES_MAX);
  ensure(values, errors.BadGame, { gameId, labelValues });
  ensure(denom !== "", errors.BadGame, { gameId, missing: "denom" });
  checkSchedule(game, params.get(ctx).dev);
  games.set(ctx, gameId, game);
}

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
      games: [...games.all(ctx)].map(([, game]) => game),
      rounds: [...rounds.all(ctx)].map(([, each]) => each),
    }),
  },
  endBlock: (ctx) =>
    advanceRounds(
      ctx,
      [...games.all(ctx)].map(([, game]) => game),
    ),
});
