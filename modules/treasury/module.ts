import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, invariant, messages, queries } from "#chain/kernel/module.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/treasury.ts";
import { TREASURY } from "./api.ts";
import { donate } from "./donate.ts";
import { errors } from "./errors.ts";
import { budgets } from "./state.ts";

const answers: Answers<typeof Query> = {
  budget: (ctx, { gameId }) => {
    const budget = budgets.get(ctx, gameId);
    ensure(budget, errors.NoBudget, { gameId });
    return { budget };
  },
};

const budgetsAreBacked = invariant("the treasury holds exactly the budgets", "cheap", (ctx) => {
  const owed = new Map<string, bigint>();
  for (const [, { denom, available }] of budgets.all(ctx))
    owed.set(denom, (owed.get(denom) ?? 0n) + available);
  return [...owed].every(([denom, amount]) => bank.balance(ctx, TREASURY, denom) === amount);
});

export const treasuryModule = defineModule({
  name: "treasury",
  version: 1,
  messages: messages(Msg, { donate }),
  queries: queries(Query, answers),
  invariants: [budgetsAreBacked],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      auth.ensureModuleAccount(ctx, "treasury");
      for (const budget of genesis.budgets) {
        ensure(!budgets.has(ctx, budget.gameId), errors.BadGenesis, { gameId: budget.gameId });
        budgets.set(ctx, budget.gameId, budget);
      }
      ensure(budgetsAreBacked.holds(ctx), errors.BadGenesis, { treasury: TREASURY });
    },
    dump: (ctx) => ({ budgets: [...budgets.all(ctx)].map(([, budget]) => budget) }),
  },
});
