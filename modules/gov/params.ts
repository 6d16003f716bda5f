import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Params } from "#proto/gen/iterum/gov.ts";
import { errors } from "./errors.ts";
import { params } from "./state.ts";

const PPM = 1_000_000;
/** Least share of yes: below it the fewer could decide. */
const THRESHOLD_MIN_PPM = 500_000;
/** Least length of a vote on production chains. */
const VOTING_BLOCKS_MIN = 20;
const BLOCKS_MAX = 10_000_000;

/** The parameters; fails with (gov, 2) on a chain without governance. */
export function paramsOf(ctx: ReadCtx): Params {
  const found = params.find(ctx);
  ensure(found, errors.Off);
  return found;
}

/**
 * Fails with (gov, 10) unless every step has a length and every share a meaning, and the council is a game's.
 */
export function checkParams(ctx: ReadCtx, given: Params): void {
  const { depositMin, depositBlocks, votingBlocks, delayBlocks, councilGameId } = given;
  const { quorumPpm, thresholdPpm, vetoPpm } = given;
  ensure(depositMin > 0n, errors.BadParams, { depositMin });
  for (const blocks of [depositBlocks, votingBlocks, delayBlocks])
    ensure(blocks >= 1 && blocks <= BLOCKS_MAX, errors.BadParams, { blocks });
  ensure(votingBlocks >= VOTING_BLOCKS_MIN || rounds.isDev(ctx), errors.BadParams, { votingBlocks });
  ensure(quorumPpm >= 1 && quorumPpm <= PPM, errors.BadParams, { quorumPpm });
  ensure(thresholdPpm >= THRESHOLD_MIN_PPM && thresholdPpm < PPM, errors.BadParams, { thresholdPpm });
  ensure(vetoPpm >= 1 && vetoPpm <= PPM, errors.BadParams, { vetoPpm });
  if (councilGameId !== "") rounds.game(ctx, councilGameId);
}
