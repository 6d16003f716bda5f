import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, queries } from "#chain/kernel/module.ts";
import * as elections from "#modules/elections/api.ts";
import { GenesisState, Query, type RewardRule } from "#proto/gen/iterum/rewards.ts";
import { rewardRule } from "./api.ts";
import { builtinIds } from "./builtins.ts";
import { errors } from "./errors.ts";
import { IrError } from "./ir/ops.ts";
import { checkProgram } from "./ir/program.ts";
import { labelRuleNames } from "./label-rules.ts";
import { rules } from "./state.ts";

const answers: Answers<typeof Query> = {
  rewardRule: (ctx, { gameId }) => ({ rule: rewardRule(ctx, gameId) }),
};

function checkFunction(ctx: WriteCtx, { gameId, builtin, program, panel }: RewardRule): void {
  if (!program) {
    ensure(builtinIds.includes(builtin), errors.BadRule, { gameId, builtin: builtin.slice(0, 40) });
    return;
  }
  ensure(builtin === "", errors.BadRule, { gameId, both: "a built-in and a program" });
  const { itemsMax } = elections.electionOf(ctx, gameId);
  try {
    checkProgram(program, { itemsMax, panelSeats: panel });
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    throw errors.BadRule({ gameId, why: error.message });
  }
}

function addRule(ctx: WriteCtx, rule: RewardRule): void {
  const { gameId, agree, panel } = rule;
  ensure(!rules.has(ctx, gameId), errors.BadRule, { gameId, twice: true });
  ensure(labelRuleNames.includes(agree), errors.BadRule, { gameId, agree: agree.slice(0, 40) });
  const seats = elections.electionOf(ctx, gameId).panel;
  ensure(panel === seats, errors.BadRule, { gameId, panel, seats });
  // A rule that compares needs a panel, and one that does not would leave it nothing to do.
  ensure((agree === "own") === (panel === 0), errors.BadRule, { gameId, agree, panel });
  checkFunction(ctx, rule);
  rules.set(ctx, gameId, rule);
}

export const rewardsModule = defineModule({
  name: "rewards",
  version: 1,
  messages: [],
  queries: queries(Query, answers),
  invariants: [],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      for (const rule of genesis.rules) addRule(ctx, rule);
    },
    dump: (ctx) => ({ rules: [...rules.all(ctx)].map(([, rule]) => rule) }),
  },
});
