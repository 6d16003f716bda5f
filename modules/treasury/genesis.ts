import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import type { GenesisState } from "#proto/gen/iterum/treasury.ts";
import { TREASURY } from "./budget.ts";
import { errors } from "./errors.ts";
import { budgetsAreBacked } from "./invariants.ts";
import { checkPlan } from "./plan.ts";
import { budgets, due, ledgers, plans, subscriptions } from "./state.ts";

/** Puts budgets, and what an exported chain says of them, into the state. */
export function initTreasury(ctx: WriteCtx, genesis: GenesisState): void {
  auth.ensureModuleAccount(ctx, "treasury");
  for (const budget of genesis.budgets) {
    ensure(!budgets.has(ctx, budget.gameId), errors.BadGenesis, { gameId: budget.gameId });
    budgets.set(ctx, budget.gameId, budget);
  }
  ensure(budgetsAreBacked.holds(ctx), errors.BadGenesis, { treasury: TREASURY });
  for (const ledger of genesis.ledgers) {
    ensure(budgets.has(ctx, ledger.gameId), errors.BadGenesis, { gameId: ledger.gameId });
    ledgers.set(ctx, ledger.gameId, ledger);
  }
  for (const plan of genesis.plans) {
    const isNew = budgets.has(ctx, plan.gameId) && !plans.has(ctx, plan.gameId);
    ensure(isNew, errors.BadGenesis, { gameId: plan.gameId, plan: true });
    checkPlan(plan);
    plans.set(ctx, plan.gameId, plan);
  }
  for (const subscription of genesis.subscriptions) {
    const { gameId, subscriber, paidHeight } = subscription;
    const isSound = budgets.has(ctx, gameId) && parseAddress(subscriber);
    ensure(isSound, errors.BadGenesis, { gameId, subscriber: subscriber.slice(0, 80) });
    ensure(!subscriptions.has(ctx, [gameId, subscriber]), errors.BadGenesis, { gameId, subscriber });
    subscriptions.set(ctx, [gameId, subscriber], subscription);
    due.set(ctx, [paidHeight, gameId, subscriber], true);
  }
}

/** The whole state of the treasury as genesis. */
export const dumpTreasury = (ctx: ReadCtx): GenesisState => ({
  budgets: [...budgets.all(ctx)].map(([, budget]) => budget),
  ledgers: [...ledgers.all(ctx)].map(([, ledger]) => ledger),
  plans: [...plans.all(ctx)].map(([, plan]) => plan),
  subscriptions: [...subscriptions.all(ctx)].map(([, subscription]) => subscription),
});
