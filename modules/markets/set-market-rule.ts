import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgSetMarketRule, MsgSetMarketRuleResponse } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import { marketRuleSet } from "./events.ts";
import { checkMarket, putRule } from "./rule.ts";
import { ruleOf } from "./rule-of.ts";

/** Changes how a game's markets work, its kind too, from the next round that opens on. */
export const setMarketRule: Handler<MsgSetMarketRule, MsgSetMarketRuleResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ rule }) => rule?.gameId ?? "",
  check: ({ rule }) => ensure(rule, errors.BadRule, { missing: "rule" }),
  run: (ctx, { rule }) => {
    assert(rule, "a message that was not checked");
    const { gameId, kind } = rule;
    const next = { gameId, roundId: rounds.lastRoundId(ctx, gameId) + 1n };
    ruleOf(ctx, next);
    putRule(ctx, { ...rule, fromRound: next.roundId });
    checkMarket(ctx, next);
    marketRuleSet(ctx, { gameId, kind });
    return {};
  },
};
