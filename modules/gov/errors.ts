import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("gov", {
  Off: [2, "the chain has no governance"],
  BadProposal: [3, "the proposal is too long, or proposes nothing"],
  WrongElectorate: [4, "another community decides on this message"],
  NoProposal: [5, "no such proposal"],
  WrongStatus: [6, "the proposal is at another step"],
  BadDeposit: [7, "the deposit is too small, or of too many"],
  NoVote: [8, "the account has no vote on the proposal"],
  BadVote: [9, "no such option"],
  BadParams: [10, "the parameters of governance are not consistent"],
  BadGenesis: [11, "genesis proposals are not consistent"],
  NotFound: [12, "rpc error: code = NotFound desc = no such vote, deposit or parameters"],
});
