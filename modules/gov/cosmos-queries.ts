import { u64be } from "#chain/bytes/int.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { u64Key } from "#chain/kernel/keys.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { pageOf } from "#chain/kernel/page.ts";
import { addressBytes, parseAddress } from "#chain/protocol/address.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import type * as cosmos from "#proto/gen/cosmos/gov.ts";
import type * as iterum from "#proto/gen/iterum/gov.ts";
import { proposalOf } from "./api.ts";
import { cosmosProposal, cosmosTally, cosmosVote, durationOf } from "./cosmos-types.ts";
import { errors } from "./errors.ts";
import { paramsOf } from "./params.ts";
import { deposits, nextProposalId, votes } from "./state.ts";

/** Proposals that one query looks at. */
const LOOKED_AT_MAX = 1_000n;
/** Units of a cosmos.Dec in one millionth. */
const ATTO_PER_PPM = 1_000_000_000_000n;

const coinsOf = (denom: string, amount: bigint): readonly Coin[] => (amount > 0n ? [{ denom, amount }] : []);

const denomOf = (ctx: ReadCtx, gameId: string): string => rounds.game(ctx, gameId).denom;

function proposal(ctx: ReadCtx, proposalId: bigint): cosmos.Proposal {
  const found = proposalOf(ctx, proposalId);
  return cosmosProposal(ctx, found, paramsOf(ctx), coinsOf(denomOf(ctx, found.gameId), found.deposit));
}

/** The newest proposals that a query may look at, in the order of their numbers, by key. */
function* proposals(
  ctx: ReadCtx,
  { proposalStatus, voter, depositor }: cosmos.QueryProposalsRequest,
): Iterable<readonly [Uint8Array, cosmos.Proposal]> {
  const next = nextProposalId.get(ctx);
  for (let id = next > LOOKED_AT_MAX ? next - LOOKED_AT_MAX : 1n; id < next; id++) {
    if (voter !== "" && !(parseAddress(voter) && votes.has(ctx, [id, voter]))) continue;
    if (depositor !== "" && !(parseAddress(depositor) && deposits.has(ctx, [id, depositor]))) continue;
    const found = proposal(ctx, id);
    if (proposalStatus === 0 || found.status === proposalStatus) yield [u64be(id), found];
  }
}

const depositOf = (ctx: ReadCtx, { proposalId, depositor, amount }: iterum.Deposit): cosmos.Deposit => ({
  ...{ proposalId, depositor },
  amount: coinsOf(denomOf(ctx, proposalOf(ctx, proposalId).gameId), amount),
});

const kinds = ["voting", "deposit", "tallying"];

function params(ctx: ReadCtx, paramsType: string): cosmos.QueryParamsResponse {
  ensure(paramsType === "" || kinds.includes(paramsType), errors.NotFound, {
    paramsType: paramsType.slice(0, 40),
  });
  const wants = (kind: string): boolean => paramsType === "" || paramsType === kind;
  const { depositMin, depositBlocks, votingBlocks, councilGameId, ...shares } = paramsOf(ctx);
  const dec = (ppm: number): bigint => BigInt(ppm) * ATTO_PER_PPM;
  const minDeposit = councilGameId === "" ? [] : coinsOf(denomOf(ctx, councilGameId), depositMin);
  return {
    votingParams: wants("voting") ? { votingPeriod: durationOf(votingBlocks) } : undefined,
    depositParams: wants("deposit") ? { minDeposit, maxDepositPeriod: durationOf(depositBlocks) } : undefined,
    tallyParams: wants("tallying")
      ? {
          quorum: dec(shares.quorumPpm),
          threshold: dec(shares.thresholdPpm),
          vetoThreshold: dec(shares.vetoPpm),
        }
      : undefined,
  };
}

/** The reads of proposals that wallets of the Cosmos world make. */
export const cosmosAnswers: Answers<typeof cosmos.Query> = {
  proposal: (ctx, { proposalId }) => ({ proposal: proposal(ctx, proposalId) }),
  proposals: (ctx, asked) => {
    const { items, pagination } = pageOf(proposals(ctx, asked), asked.pagination);
    return { proposals: items, pagination };
  },
  vote: (ctx, { proposalId, voter }) => {
    const found = parseAddress(voter) && votes.get(ctx, [proposalId, voter]);
    ensure(found, errors.NotFound, { proposalId, voter: voter.slice(0, 80) });
    return { vote: cosmosVote(found) };
  },
  votes: (ctx, { proposalId, pagination: asked }) => {
    proposalOf(ctx, proposalId);
    const { items, pagination } = pageOf(byAddress(votes.under(ctx, u64Key, proposalId)), asked);
    return { votes: items.map(cosmosVote), pagination };
  },
  params: (ctx, { paramsType }) => params(ctx, paramsType),
  deposit: (ctx, { proposalId, depositor }) => {
    const found = parseAddress(depositor) && deposits.get(ctx, [proposalId, depositor]);
    ensure(found, errors.NotFound, { proposalId, depositor: depositor.slice(0, 80) });
    return { deposit: depositOf(ctx, found) };
  },
  deposits: (ctx, { proposalId, pagination: asked }) => {
    proposalOf(ctx, proposalId);
    const { items, pagination } = pageOf(byAddress(deposits.under(ctx, u64Key, proposalId)), asked);
    return { deposits: items.map((each) => depositOf(ctx, each)), pagination };
  },
  tallyResult: (ctx, { proposalId }) => ({ tally: cosmosTally(proposalOf(ctx, proposalId).tally) }),
};

function* byAddress<T>(
  entries: Iterable<readonly [readonly [bigint, string], T]>,
): Iterable<readonly [Uint8Array, T]> {
  for (const [[, address], entry] of entries) yield [addressBytes(address), entry];
}
