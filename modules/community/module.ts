import { defineModule, messages, queries } from "#chain/kernel/module.ts";
import { GenesisState, Msg, Query } from "#proto/gen/iterum/community.ts";
import { addMembers } from "./add-members.ts";
import { bindEthereum } from "./bind-ethereum.ts";
import { claimMembership } from "./claim-membership.ts";
import { foundCommunity } from "./found-community.ts";
import { dumpCommunity, initCommunity } from "./genesis.ts";
import { bindingsAreUnique, stakesAreBacked, totalsHold } from "./invariants.ts";
import { answers } from "./queries.ts";
import { removeMembers } from "./remove-members.ts";
import { setSnapshot } from "./set-snapshot.ts";
import { stake } from "./stake.ts";
import { unstake } from "./unstake.ts";

const handlers = {
  bindEthereum,
  foundCommunity,
  addMembers,
  removeMembers,
  setSnapshot,
  stake,
  unstake,
  claimMembership,
};

export const communityModule = defineModule({
  name: "community",
  version: 1,
  messages: messages(Msg, handlers),
  queries: queries(Query, answers),
  invariants: [stakesAreBacked, totalsHold, bindingsAreUnique],
  genesis: { codec: GenesisState, init: initCommunity, dump: dumpCommunity },
});
