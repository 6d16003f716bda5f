import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgSetRule, MsgSetRuleResponse } from "#proto/gen/iterum/vesting.ts";
import { errors } from "./errors.ts";
import { ruleChanged } from "./hooks.ts";
import { checkRule } from "./rule.ts";
import { rules } from "./state.ts";

/** Changes how profits are held back. Those that are held already keep the parts that they have. */
export const setRule: Handler<MsgSetRule, MsgSetRuleResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ rule }) => rule?.gameId ?? "",
  check: ({ rule }) => {
    ensure(rule, errors.BadRule, { missing: "rule" });
    checkRule(rule);
  },
  run: (ctx, { rule }) => {
    ensure(rule, errors.BadRule, { missing: "rule" });
    rounds.game(ctx, rule.gameId);
    rules.set(ctx, rule.gameId, rule);
    ctx.fire(ruleChanged, { gameId: rule.gameId });
    return {};
  },
};
