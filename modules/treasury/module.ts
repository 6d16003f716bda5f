import { defineModule, messages, queries } from "#chain/kernel/module.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/treasury.ts";
import { donate } from "./donate.ts";
import { dumpTreasury, initTreasury } from "./genesis.ts";
import { budgetsAreBacked, periodsEnd } from "./invariants.ts";
import { openBudget } from "./open-budget.ts";
import { payFee } from "./pay-fee.ts";
import { payout } from "./payout.ts";
import { answers } from "./queries.ts";
import { renewDue } from "./renew.ts";
import { setPlan } from "./set-plan.ts";
import { subscribe } from "./subscribe.ts";
import { unsubscribe } from "./unsubscribe.ts";

export const treasuryModule = defineModule({
  name: "treasury",
  version: 1,
  messages: messages(Msg, { donate, subscribe, unsubscribe, payFee, openBudget, setPlan, payout }),
  queries: queries(Query, answers),
  invariants: [budgetsAreBacked, periodsEnd],
  genesis: { codec: GenesisState, init: initTreasury, dump: dumpTreasury },
  endBlock: renewDue,
});
