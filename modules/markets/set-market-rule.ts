import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgSetMarketRule, MsgSetMarketRuleResponse } from "#proto/gen/iterum/markets.ts";
import { ruleOf } from "./api.ts";
import { errors } from "./errors.ts";
import { marketRuleSet } from "./events.ts";
import { ensureSettleLengths, putRule } from "./rule.ts";

/** Changes how a game's markets work, its kind too, from the next round that opens on. */
export const setMarketRule: Handler<MsgSetMarketRule, MsgSetMarketRuleResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ rule }) => rule?.gameId ?? "",
  check: ({ rule }) => ensure(rule, errors.BadRule, { missing: "rule" }),
  run: (ctx, { rule }) => {
    assert(rule, "a message that was not checked");
    const { gameId, kind } = rule;
    ruleOf(ctx, gameId);
    putRule(ctx, rule);
    ensureSettleLengths(ctx);
    marketRuleSet(ctx, { gameId, kind });
    return {};
  },
};
