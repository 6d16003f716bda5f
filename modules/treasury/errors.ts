import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("treasury", {
  NoBudget: [2, "the game has no budget"],
  BadAmount: [3, "the amount must be above zero"],
  BadGenesis: [4, "genesis budgets are not consistent"],
  ShortBudget: [5, "the budget has less than that"],
  BadPayee: [6, "the account cannot be paid"],
  BadPlan: [7, "the plan is not consistent"],
  NoPlan: [8, "the game takes no subscriptions"],
  TooDear: [9, "a period costs more than that"],
  Subscribed: [10, "the account subscribes already"],
  NotSubscribed: [11, "the account does not subscribe"],
  HasBudget: [12, "the game has a budget"],
});
