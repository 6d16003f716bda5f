import { event } from "#chain/kernel/module.ts";
import {
  EventDeposited,
  EventProposalTurned,
  EventProposed,
  EventVoted,
  EventVotingStarted,
} from "#proto/gen/iterum/gov.ts";

export const proposed = event(EventProposed);
export const deposited = event(EventDeposited);
export const votingStarted = event(EventVotingStarted);
export const voted = event(EventVoted);
export const proposalTurned = event(EventProposalTurned);
