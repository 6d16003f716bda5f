import { type Answers, defineModule, messages, on, queries } from "#chain/kernel/module.ts";
import * as rewards from "#modules/rewards/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as vesting from "#modules/vesting/api.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/games.ts";
import { changesOf } from "./api.ts";
import { checkAllGames, checkGameFrom } from "./check.ts";
import { createGame } from "./create-game.ts";
import { changes } from "./state.ts";
import { updateGameParams } from "./update-game-params.ts";

const PAGE_MAX = 100;

const answers: Answers<typeof Query> = {
  changes: (ctx, { gameId }) => {
    const fromRounds: bigint[] = [];
    for (const from of changesOf(ctx, gameId)) {
      if (fromRounds.length === PAGE_MAX) break;
      fromRounds.push(from);
    }
    return { fromRounds };
  },
};

export const gamesModule = defineModule({
  name: "games",
  version: 1,
  messages: messages(Msg, { createGame, updateGameParams }),
  queries: queries(Query, answers),
  invariants: [],
  // What their own messages change must fit the game's other rules too.
  hooks: [
    on(rewards.functionChanged, (ctx, { gameId, fromRound }) => checkGameFrom(ctx, gameId, fromRound)),
    on(vesting.ruleChanged, (ctx, { gameId }) =>
      checkGameFrom(ctx, gameId, rounds.roundMeant(ctx, { gameId, roundId: 0n }).roundId),
    ),
  ],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      for (const { gameId, fromRound } of genesis.changes) changes.set(ctx, gameId, fromRound, true);
      checkAllGames(ctx);
    },
    dump: (ctx) => ({
      changes: [...changes.all(ctx)].map(([[gameId, fromRound]]) => ({ gameId, fromRound })),
    }),
  },
});
