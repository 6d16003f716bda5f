import { utf8 } from "#chain/bytes/utf8.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgPayout, MsgPayoutResponse } from "#proto/gen/iterum/treasury.ts";
import { payOut } from "./budget.ts";
import { errors } from "./errors.ts";
import { ensureAddress, ensurePerson } from "./payee.ts";
import { budgets } from "./state.ts";

const PURPOSE_BYTES_MAX = 140;

/** Spends part of a game's budget as its community decided. */
export const payout: Handler<MsgPayout, MsgPayoutResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ gameId }) => gameId,
  check: ({ to, amount, purpose }) => {
    ensureAddress(to);
    ensure(amount > 0n, errors.BadAmount);
    const purposeBytes = utf8(purpose).length;
    ensure(purposeBytes <= PURPOSE_BYTES_MAX, errors.BadAmount, { purposeBytes });
  },
  run: (ctx, { gameId, to, amount, purpose }) => {
    const budget = budgets.get(ctx, gameId);
    ensure(budget, errors.NoBudget, { gameId });
    ensure(budget.available >= amount, errors.ShortBudget, { gameId, available: budget.available, amount });
    ensurePerson(ctx, to);
    payOut(ctx, gameId, to, amount, `payout: ${purpose}`);
    return {};
  },
};
