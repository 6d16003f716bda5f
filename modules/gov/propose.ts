import { utf8 } from "#chain/bytes/utf8.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type MsgPropose, type MsgProposeResponse, Proposal, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { addDeposit } from "./deposits.ts";
import { errors } from "./errors.ts";
import { proposed } from "./events.ts";
import { paramsOf } from "./params.ts";
import { nextProposalId } from "./state.ts";
import { turn } from "./step.ts";

const MESSAGES_MAX = 16;
/** Bytes of a proposal's messages together, which lie in the state for ever. */
const MESSAGE_BYTES_MAX = 65_536;
const TITLE_BYTES_MAX = 140;
const SUMMARY_BYTES_MAX = 4_096;
/** One part in so many of the deposit has to come with the proposal. */
const FIRST_DEPOSIT_PART = 10n;

/** Fails with (gov, 4) unless the game's community decides on every message, or as the council on none's. */
function ensureElectorate(ctx: WriteCtx, gameId: string, messages: MsgPropose["messages"]): void {
  const { councilGameId } = paramsOf(ctx);
  for (const message of messages) {
    const electorate = ctx.electorateOf(message, AUTHORITY) || councilGameId;
    ensure(electorate === gameId, errors.WrongElectorate, { typeUrl: message.typeUrl, electorate });
  }
}

/** Proposes messages to a community, with a first part of the deposit. */
export const propose: Handler<MsgPropose, MsgProposeResponse> = {
  signer: ({ proposer }) => proposer,
  check: ({ title, summary, messages }) => {
    const titleBytes = utf8(title).length;
    ensure(titleBytes >= 1 && titleBytes <= TITLE_BYTES_MAX, errors.BadProposal, { titleBytes });
    const summaryBytes = utf8(summary).length;
    ensure(summaryBytes <= SUMMARY_BYTES_MAX, errors.BadProposal, { summaryBytes });
    const count = messages.length;
    ensure(count >= 1 && count <= MESSAGES_MAX, errors.BadProposal, { messages: count });
    const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
    ensure(bytes <= MESSAGE_BYTES_MAX, errors.BadProposal, { messageBytes: bytes });
  },
  run: (ctx, { proposer, gameId, title, summary, messages, deposit }) => {
    const { depositMin, depositBlocks } = paramsOf(ctx);
    rounds.game(ctx, gameId);
    ensureElectorate(ctx, gameId, messages);
    const least = mulDiv(depositMin, 1n, FIRST_DEPOSIT_PART, "up");
    ensure(deposit >= least, errors.BadDeposit, { deposit, least });

    const proposalId = nextProposalId.get(ctx);
    nextProposalId.set(ctx, proposalId + 1n);
    proposed(ctx, { proposalId, gameId, proposer });
    const draft = { ...Proposal.zero(), proposalId, gameId, proposer, title, summary, messages };
    const waiting = turn(ctx, draft, {
      status: ProposalStatus.PROPOSAL_STATUS_DEPOSIT,
      submittedHeight: ctx.height,
      endsHeight: ctx.height + BigInt(depositBlocks),
    });
    addDeposit(ctx, waiting, proposer, deposit);
    return { proposalId };
  },
};
