import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as elections from "#modules/elections/api.ts";
import * as markets from "#modules/markets/api.ts";
import * as rewards from "#modules/rewards/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { changesOf } from "./api.ts";

/** Fails unless the rules of one round can be played together, each with the error of its module. */
function checkRound(ctx: ReadCtx, key: rounds.RoundKey): void {
  rounds.checkGame(ctx, key);
  elections.checkElection(ctx, key);
  rewards.checkReward(ctx, key);
  markets.checkMarket(ctx, key);
}

/** The rounds from `first` on with which some rule of the game changes, and `first` itself. */
function startsFrom(ctx: ReadCtx, gameId: string, first: bigint): readonly bigint[] {
  const starts = [...changesOf(ctx, gameId)];
  return [first, ...[...starts, ...rewards.ruleStarts(ctx, gameId)].filter((start) => start > first)];
}

/** Fails unless a game's rules can be played together in every round from one on. */
export function checkGameFrom(ctx: ReadCtx, gameId: string, first: bigint): void {
  for (const roundId of startsFrom(ctx, gameId, first)) {
    checkRound(ctx, { gameId, roundId });
    // The round that follows a change is over before its successor closes, under whatever schedule that has.
    rounds.checkGame(ctx, { gameId, roundId: roundId + 1n });
  }
}

/** Fails unless every game's rules can be played together, now and as far as they are known. */
export function checkAllGames(ctx: ReadCtx): void {
  for (const { gameId } of rounds.allGames(ctx)) {
    const { roundId } = rounds.roundMeant(ctx, { gameId, roundId: 0n });
    // The round before the last one may be running still.
    checkGameFrom(ctx, gameId, roundId > 1n ? roundId - 1n : 1n);
  }
}
