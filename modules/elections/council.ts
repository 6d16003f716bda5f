import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as community from "#modules/community/api.ts";
import type {
  CouncilVote,
  MsgVoteCouncil,
  MsgVoteCouncilResponse,
  Nominee,
} from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { councilVoted } from "./events.ts";
import { councilVotes, standings, tallies } from "./state.ts";

/** Nominees of one game that a draw or a query looks at. */
const NOMINEES_MAX = 1_024;
/** What a tally holds at most. */
const VOTES_MAX = (1n << 64n) - 1n;

/** Who has votes in the game, most first, ties in address order; the first 1,024. */
export function* nominees(ctx: ReadCtx, gameId: string): Iterable<Nominee> {
  let count = 0;
  for (const [[, votes, nominee]] of standings.under(ctx, textKey, gameId)) {
    if (++count > NOMINEES_MAX) return;
    yield { nominee, votes };
  }
}

function setTally(ctx: WriteCtx, gameId: string, nominee: string, votes: bigint): void {
  const before = tallies.get(ctx, [gameId, nominee]) ?? 0n;
  if (before > 0n) standings.delete(ctx, [gameId, before, nominee]);
  if (votes > 0n) {
    tallies.set(ctx, [gameId, nominee], votes);
    standings.set(ctx, [gameId, votes, nominee], true);
  } else tallies.delete(ctx, [gameId, nominee]);
}

const tally = (ctx: ReadCtx, gameId: string, nominee: string): bigint =>
  tallies.get(ctx, [gameId, nominee]) ?? 0n;

/** Takes a member's vote back, if it has given one. */
function withdrawVote(ctx: WriteCtx, gameId: string, voter: string): void {
  const before = councilVotes.get(ctx, [gameId, voter]);
  if (!before) return;
  setTally(ctx, gameId, before.nominee, tally(ctx, gameId, before.nominee) - before.weight);
  councilVotes.delete(ctx, [gameId, voter]);
}

/** Counts a vote. */
export function countVote(ctx: WriteCtx, gameId: string, vote: CouncilVote): void {
  const votes = tally(ctx, gameId, vote.nominee) + vote.weight;
  ensure(votes <= VOTES_MAX, errors.BadVote, { nominee: vote.nominee });
  setTally(ctx, gameId, vote.nominee, votes);
  councilVotes.set(ctx, [gameId, vote.voter], vote);
}

/** Gives a member's weight to one nominee of the council, instead of the one before; to nobody for "". */
export const voteCouncil: Handler<MsgVoteCouncil, MsgVoteCouncilResponse> = {
  signer: (msg) => msg.voter,
  check: ({ nominee }) => ensure(nominee === "" || parseAddress(nominee), errors.BadVote),
  run: (ctx, { voter, gameId, nominee }) => {
    const { weight } = community.activeMember(ctx, gameId, voter);
    if (nominee !== "") community.activeMember(ctx, gameId, nominee);
    withdrawVote(ctx, gameId, voter);
    if (nominee !== "") countVote(ctx, gameId, { voter, nominee, weight });
    councilVoted(ctx, { gameId, voter, nominee, weight });
    return {};
  },
};
