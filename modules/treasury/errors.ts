import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("treasury", {
  NoBudget: [2, "the game has no budget"],
  BadAmount: [3, "the amount must be above zero"],
  BadGenesis: [4, "genesis budgets are not consistent"],
});
