import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgOpenBudget, MsgOpenBudgetResponse } from "#proto/gen/iterum/treasury.ts";
import { errors } from "./errors.ts";
import { budgets } from "./state.ts";

/** Opens an empty budget for a game that has none, in the denom that it is played in. */
export const openBudget: Handler<MsgOpenBudget, MsgOpenBudgetResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  run: (ctx, { gameId }) => {
    const { denom } = rounds.game(ctx, gameId);
    ensure(!budgets.has(ctx, gameId), errors.HasBudget, { gameId });
    budgets.set(ctx, gameId, { gameId, denom, available: 0n });
    return {};
  },
};
