import { type Answers, defineModule, messages, on, queries } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/vesting.ts";
import { clawback } from "./clawback.ts";
import { ensureAddresses } from "./evidence.ts";
import { dumpVesting, initVesting } from "./genesis.ts";
import { vestsAreBacked, vestsAreDue } from "./invariants.ts";
import { noteEnd, releaseParts } from "./release.ts";
import { ruleOf } from "./rule.ts";
import { setRule } from "./set-rule.ts";
import { holds, operatorKey, rules, vests } from "./state.ts";
import { suspect } from "./suspect.ts";
import { suspicionsOf } from "./suspicion.ts";

const answers: Answers<typeof Query> = {
  rule: (ctx, { gameId }) => ({ rule: rules.get(ctx, gameId) }),
  vests: (ctx, { gameId, operator }) => {
    ensureAddresses(operator);
    return {
      vests: [...vests.under(ctx, operatorKey, [gameId, operator])].map(([, vest]) => vest),
      hold: holds.get(ctx, [gameId, operator]),
    };
  },
  profits: (ctx, { gameId, operator }) => {
    ensureAddresses(operator);
    return { profits: suspicionsOf(ctx, gameId, operator, ruleOf(ctx, gameId).commonRoundsMin) };
  },
};

export const vestingModule = defineModule({
  name: "vesting",
  version: 1,
  messages: messages(Msg, { suspect, clawback, setRule }),
  queries: queries(Query, answers),
  invariants: [vestsAreBacked, vestsAreDue],
  hooks: [
    on(rounds.phaseEntered, (ctx, { phase, ...key }) => {
      if (phase >= Phase.PHASE_DONE) noteEnd(ctx, key);
    }),
  ],
  genesis: { codec: GenesisState, init: initVesting, dump: dumpVesting },
  endBlock: releaseParts,
});
