import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { type MsgDeposit, type MsgDepositResponse, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { addDeposit } from "./deposits.ts";
import { errors } from "./errors.ts";
import { proposalAt } from "./step.ts";

/** Adds to the deposit of a proposal that waits for it. */
export const deposit: Handler<MsgDeposit, MsgDepositResponse> = {
  signer: ({ depositor }) => depositor,
  check: ({ amount }) => ensure(amount > 0n, errors.BadDeposit, { amount }),
  run: (ctx, { depositor, proposalId, amount }) => {
    const proposal = proposalAt(ctx, proposalId, ProposalStatus.PROPOSAL_STATUS_DEPOSIT);
    addDeposit(ctx, proposal, depositor, amount);
    return {};
  },
};
