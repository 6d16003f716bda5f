import { defineModule, messages, queries } from "#chain/kernel/module.ts";
import { Query as CosmosQuery } from "#proto/gen/cosmos/gov.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/gov.ts";
import { cosmosAnswers } from "./cosmos-queries.ts";
import { deposit } from "./deposit.ts";
import { endSteps } from "./end-steps.ts";
import { dumpGov, initGov } from "./genesis.ts";
import { depositsAreBacked, talliesHold } from "./invariants.ts";
import { propose } from "./propose.ts";
import { answers } from "./queries.ts";
import { updateParams } from "./update-params.ts";
import { vote } from "./vote.ts";

export const govModule = defineModule({
  name: "gov",
  version: 1,
  messages: messages(Msg, { propose, deposit, vote, updateParams }),
  queries: [...queries(CosmosQuery, cosmosAnswers), ...queries(Query, answers)],
  invariants: [depositsAreBacked, talliesHold],
  genesis: { codec: GenesisState, init: initGov, dump: dumpGov },
  endBlock: endSteps,
});
