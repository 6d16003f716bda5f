import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { larger, smaller } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { Budget, Query } from "#proto/gen/iterum/treasury.ts";
import { ledgerOf } from "./budget.ts";
import { errors } from "./errors.ts";
import { planOf } from "./plan.ts";
import { budgets, subscriptions } from "./state.ts";

const U64_MAX = (1n << 64n) - 1n;

function budgetOf(ctx: ReadCtx, gameId: string): Budget {
  const budget = budgets.get(ctx, gameId);
  ensure(budget, errors.NoBudget, { gameId });
  return budget;
}

/** How many rounds an amount pays for; 0 where they cost nothing. */
const roundsFor = (amount: bigint, cost: bigint): bigint =>
  cost > 0n ? smaller(mulDiv(amount, 1n, cost, "down"), U64_MAX) : 0n;

export const answers: Answers<typeof Query> = {
  budget: (ctx, { gameId }) => ({ budget: budgetOf(ctx, gameId) }),
  runway: (ctx, { gameId }) => {
    const { available } = budgetOf(ctx, gameId);
    const ledger = ledgerOf(ctx, gameId);
    const net = larger(ledger.locked - ledger.returned, 0n);
    const costPerRound = ledger.rounds > 0n ? mulDiv(net, 1n, ledger.rounds, "up") : 0n;
    return {
      available,
      roundsAtWorst: roundsFor(available, ledger.lastLocked),
      lockedPerRound: ledger.lastLocked,
      costPerRound,
      roundsAtAverage: roundsFor(available, costPerRound),
      ledger,
    };
  },
  plan: (ctx, { gameId }) => ({ plan: planOf(ctx, gameId) }),
  subscription: (ctx, { gameId, subscriber }) => ({
    subscription: parseAddress(subscriber) ? subscriptions.get(ctx, [gameId, subscriber]) : undefined,
  }),
};
