import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as markets from "#modules/markets/api.ts";
import * as proofs from "#modules/proofs/api.ts";
import * as rewards from "#modules/rewards/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgCreateGame, MsgCreateGameResponse } from "#proto/gen/iterum/games.ts";
import { checkAllGames } from "./check.ts";
import { errors } from "./errors.ts";
import { gameCreated } from "./events.ts";

/** Starts a game; fails unless it, and every other game beside it, can be played. */
export const createGame: Handler<MsgCreateGame, MsgCreateGameResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ game, election, data, audit, reward, market }) => {
    ensure(game, errors.Incomplete, { missing: "game" });
    const { gameId } = game;
    for (const rule of [election, data, audit, reward, market])
      ensure(rule?.gameId === gameId, errors.Incomplete, { gameId, of: rule?.gameId ?? "nothing" });
  },
  run: (ctx, { game, election, data, audit, reward, market }) => {
    assert(game && election && data && audit && reward && market, "a message that was not checked");
    const { gameId, startHeight } = game;
    ensure(startHeight > ctx.height, errors.TooEarly, { gameId, startHeight });
    rounds.addGame(ctx, game);
    elections.setElection(ctx, { ...election, fromRound: 0n });
    proofs.setAudit(ctx, { ...audit, fromRound: 0n });
    commitments.setDataRule(ctx, { ...data, fromRound: 0n });
    rewards.setReward(ctx, { ...reward, fromRound: 1n });
    markets.putMarketRule(ctx, { ...market, fromRound: 0n });
    checkAllGames(ctx);
    gameCreated(ctx, { gameId, startHeight });
    return {};
  },
};
