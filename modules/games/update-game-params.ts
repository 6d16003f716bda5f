import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as markets from "#modules/markets/api.ts";
import * as proofs from "#modules/proofs/api.ts";
import * as rewards from "#modules/rewards/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgUpdateGameParams, MsgUpdateGameParamsResponse } from "#proto/gen/iterum/games.ts";
import { changesOf } from "./api.ts";
import { checkGameFrom } from "./check.ts";
import { errors } from "./errors.ts";
import { gameUpdated } from "./events.ts";
import { changes } from "./state.ts";

/** Changes of one game that may wait for rounds that have not opened. */
const AHEAD_MAX = 8;

function ensureFewAhead(ctx: WriteCtx, gameId: string, last: bigint): void {
  let ahead = 0;
  for (const from of changesOf(ctx, gameId)) {
    if (from <= last) break;
    ahead += 1;
  }
  ensure(ahead <= AHEAD_MAX, errors.TooManyAhead, { gameId, ahead });
}

/** Keeps the rules that are given, from the round on. */
function setAll(ctx: WriteCtx, msg: MsgUpdateGameParams): void {
  const { gameId, fromRound, schedule, election, data, audit, reward, market } = msg;
  const named = { gameId, fromRound };
  if (schedule) rounds.setSchedule(ctx, { gameId, roundId: fromRound }, schedule);
  if (election) elections.setElection(ctx, { ...election, ...named });
  if (audit) proofs.setAudit(ctx, { ...audit, ...named });
  if (data) commitments.setDataRule(ctx, { ...data, ...named });
  if (reward) rewards.setReward(ctx, { ...reward, ...named });
  if (market) markets.putMarketRule(ctx, { ...market, ...named });
}

/**
 * Changes rules of a game from a round on that has not opened: rounds before it are played to their end by
 * the rules that they began with. Fails unless they can be played together, there and later.
 */
export const updateGameParams: Handler<MsgUpdateGameParams, MsgUpdateGameParamsResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ gameId }) => gameId,
  check: ({ gameId, schedule, election, data, audit, reward, market }) => {
    const given = [election, data, audit, reward, market].filter((rule) => rule !== undefined);
    ensure(schedule || given.length > 0, errors.NoChange, { gameId });
    for (const { gameId: of } of given) ensure(of === gameId, errors.Incomplete, { gameId, of });
  },
  run: (ctx, msg) => {
    const { gameId, fromRound } = msg;
    rounds.game(ctx, gameId);
    const last = rounds.lastRoundId(ctx, gameId);
    ensure(fromRound > last, errors.TooEarly, { gameId, fromRound, last });
    changes.set(ctx, gameId, fromRound, true);
    ensureFewAhead(ctx, gameId, last);
    setAll(ctx, msg);
    checkGameFrom(ctx, gameId, fromRound);
    gameUpdated(ctx, { gameId, fromRound });
    return {};
  },
};
