import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Election } from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { mechanismOf } from "./mechanisms.ts";
import { elections } from "./state.ts";

const SEATS_MAX = 256;
const ITEMS_MAX = 1_000;
const COOLDOWN_ROUNDS_MAX = 1_000;

/** The election rule of a round, which need not have opened; fails with (elections, 6). */
export function electionOf(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): Election {
  const found = elections.at(ctx, gameId, roundId);
  ensure(found, errors.NoElection, { gameId });
  return found;
}

/** Most items that one elected set brings to a round. */
export function itemsPerSet({ itemsMax, committee }: Election): number {
  return Number(mulDiv(BigInt(itemsMax), 1n, BigInt(committee), "down"));
}

/** Gives a game an election rule from a round on; fails with (elections, 2) when it is out of bounds. */
export function setElection(ctx: WriteCtx, election: Election): void {
  const { gameId, mechanism, committee, alternates, itemsMax, quorumSets, itemsMin, panel, cooldownRounds } =
    election;
  rounds.game(ctx, gameId);
  const holds =
    mechanismOf(mechanism) !== undefined &&
    // Where everybody sits nobody is left to wait.
    (mechanism !== "all" || alternates === 0) &&
    committee >= 1 &&
    committee + alternates <= SEATS_MAX &&
    itemsMax >= committee &&
    itemsMax <= ITEMS_MAX &&
    cooldownRounds <= COOLDOWN_ROUNDS_MAX &&
    itemsMin >= 1 &&
    itemsMin <= committee * itemsPerSet(election) &&
    quorumSets >= 1 &&
    quorumSets <= committee &&
    // An item has that many other members to label it.
    quorumSets > panel;
  ensure(holds, errors.BadElection, {
    gameId,
    mechanism,
    committee,
    alternates,
    itemsMax,
    quorumSets,
    itemsMin,
    panel,
    cooldownRounds,
  });
  elections.set(ctx, gameId, election.fromRound, election);
}

/** Fails with (elections, 2) unless the round has time for its panel, and only where it has one. */
export function checkElection(ctx: ReadCtx, key: rounds.RoundKey): void {
  const { panel } = electionOf(ctx, key);
  const { label } = rounds.scheduleOf(ctx, key);
  ensure(panel > 0 === label > 0, errors.BadElection, { gameId: key.gameId, panel, label });
}
