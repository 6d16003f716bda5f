import { defineModule, invariant, messages, queries } from "#chain/kernel/module.ts";
import { Msg, Query } from "#proto/gen/cosmos/upgrade.ts";
import { GenesisState, Query as OwnQuery } from "#proto/gen/iterum/upgrade.ts";
import { plan } from "./api.ts";
import { cancelUpgrade } from "./cancel-upgrade.ts";
import { dumpUpgrade, initUpgrade } from "./genesis.ts";
import { answers, ownAnswers } from "./queries.ts";
import { softwareUpgrade } from "./software-upgrade.ts";

export const upgradeModule = defineModule({
  name: "upgrade",
  version: 1,
  messages: messages(Msg, { softwareUpgrade, cancelUpgrade }),
  queries: [...queries(Query, answers), ...queries(OwnQuery, ownAnswers)],
  invariants: [
    invariant("a planned upgrade is still to come", "cheap", (ctx) => {
      const found = plan(ctx);
      return found === undefined || found.height > ctx.height;
    }),
  ],
  genesis: { codec: GenesisState, init: initUpgrade, dump: dumpUpgrade },
});
