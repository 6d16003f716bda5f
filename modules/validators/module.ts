import { defineModule } from "#chain/kernel/module.ts";
import { GenesisState } from "#proto/gen/iterum/validators.ts";
import { dumpValidators, initValidators } from "./genesis.ts";

export const validatorsModule = defineModule({
  name: "validators",
  version: 1,
  messages: [],
  queries: [],
  invariants: [],
  genesis: { codec: GenesisState, init: initValidators, dump: dumpValidators },
});
