import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import { type Answers, defineModule, invariant, messages, on, queries } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import { GenesisState, Msg, Query, type RewardRule } from "#proto/gen/iterum/rewards.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { rewardRule } from "./api.ts";
import { forgetCounts } from "./counts.ts";
import { errors } from "./errors.ts";
import { addProgram, addRule } from "./rule.ts";
import { setRewardFunction } from "./set-reward-function.ts";
import { counts, programs, rules } from "./state.ts";

const PAGE_MAX = 100;

function latestRules(ctx: ReadCtx, gameId: string): RewardRule[] {
  const found: RewardRule[] = [];
  for (const [, rule] of rules.under(ctx, textKey, gameId)) {
    if (found.length === PAGE_MAX) break;
    found.push(rule);
  }
  return found;
}

const answers: Answers<typeof Query> = {
  rewardRule: (ctx, { gameId, roundId }) => {
    const last = roundId > 0n ? roundId : rounds.lastRoundId(ctx, gameId);
    return { rule: rewardRule(ctx, { gameId, roundId: last > 0n ? last : 1n }) };
  },
  rewardRules: (ctx, { gameId }) => ({ rules: latestRules(ctx, gameId) }),
  program: (ctx, { programHash }) => {
    const program = programHash.length === 32 ? programs.get(ctx, programHash) : undefined;
    ensure(program, errors.NoProgram);
    return { program };
  },
};

const programsAreKept = invariant("every rule has a built-in or a program that is kept", "full", (ctx) => {
  for (const [, { builtin, programHash }] of rules.all(ctx))
    if (programHash.length > 0 ? !programs.has(ctx, programHash) : builtin === "") return false;
  return true;
});

export const rewardsModule = defineModule({
  name: "rewards",
  version: 1,
  messages: messages(Msg, { setRewardFunction }),
  queries: queries(Query, answers),
  invariants: [programsAreKept],
  hooks: [
    on(rounds.phaseEntered, (ctx, { phase, ...key }) => {
      if (phase >= Phase.PHASE_DONE) forgetCounts(ctx, key);
    }),
  ],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      for (const program of genesis.programs) addProgram(ctx, program);
      for (const rule of genesis.rules) {
        const { gameId } = rule;
        const fromRound = rule.fromRound > 0n ? rule.fromRound : 1n;
        ensure(!rules.has(ctx, [gameId, fromRound]), errors.BadRule, { gameId, fromRound, twice: true });
        addRule(ctx, { ...rule, fromRound });
      }
      for (const { gameId, roundId, counts: kept } of genesis.counts) {
        ensure(kept && kept.labels.length === kept.weights.length, errors.BadRule, { gameId, roundId });
        counts.set(ctx, [gameId, roundId], kept);
      }
    },
    dump: (ctx) => ({
      rules: [...rules.all(ctx)].map(([, rule]) => rule),
      programs: [...programs.all(ctx)].map(([, program]) => program),
      counts: [...counts.all(ctx)].map(([[gameId, roundId], kept]) => ({ gameId, roundId, counts: kept })),
    }),
  },
});
