import { defineModule, messages, queries } from "#chain/kernel/module.ts";
import { Msg as CosmosMsg, Query } from "#proto/gen/cosmos/staking.ts";
import { GenesisState, Msg } from "#proto/gen/iterum/validators.ts";
import { beginRedelegate } from "./begin-redelegate.ts";
import { cancelUnbondingDelegation } from "./cancel-unbonding-delegation.ts";
import { createValidator } from "./create-validator.ts";
import { delegate } from "./delegate.ts";
import { editValidator } from "./edit-validator.ts";
import { dumpValidators, initValidators } from "./genesis.ts";
import { poolsAreExact, setIsBacked, setIsTold, sharesSum } from "./invariants.ts";
import { endLeavings } from "./leaving.ts";
import { answers } from "./queries.ts";
import { rotateConsensusKey } from "./rotate-consensus-key.ts";
import { undelegate } from "./undelegate.ts";
import { entriesAreCounted, entriesAreOrdered } from "./under-way.ts";
import { updateParams } from "./update-params.ts";

export const validatorsModule = defineModule({
  name: "validators",
  version: 1,
  messages: [
    ...messages(CosmosMsg, {
      createValidator,
      editValidator,
      delegate,
      beginRedelegate,
      undelegate,
      cancelUnbondingDelegation,
      updateParams,
    }),
    ...messages(Msg, { rotateConsensusKey }),
  ],
  queries: queries(Query, answers),
  invariants: [setIsBacked, poolsAreExact, sharesSum, setIsTold, entriesAreCounted, entriesAreOrdered],
  genesis: { codec: GenesisState, init: initValidators, dump: dumpValidators },
  endBlock: endLeavings,
});
