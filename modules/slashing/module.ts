import { defineModule, messages, on, queries } from "#chain/kernel/module.ts";
import * as validators from "#modules/validators/api.ts";
import { Msg, Query } from "#proto/gen/cosmos/slashing.ts";
import { GenesisState } from "#proto/gen/iterum/slashing.ts";
import { dumpSlashing, initSlashing } from "./genesis.ts";
import { bitsAreCounted, tombstonesHold } from "./invariants.ts";
import { judgeBlock } from "./judge.ts";
import { updateParams } from "./params.ts";
import { answers } from "./queries.ts";
import { unjail } from "./unjail.ts";
import { forget, restart } from "./window.ts";

export const slashingModule = defineModule({
  name: "slashing",
  version: 1,
  messages: messages(Msg, { unjail, updateParams }),
  queries: queries(Query, answers),
  invariants: [bitsAreCounted, tombstonesHold],
  hooks: [
    on(validators.validatorBonded, (ctx, { operator }) => void restart(ctx, operator, ctx.height)),
    on(validators.validatorRemoved, (ctx, { operator }) => forget(ctx, operator)),
  ],
  genesis: { codec: GenesisState, init: initSlashing, dump: dumpSlashing },
  beginBlock: judgeBlock,
});
