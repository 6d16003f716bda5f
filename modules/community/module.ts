import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, messages, queries } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { GenesisState, type Member, Msg, Query } from "#proto/gen/iterum/community.ts";
import { membersOf } from "./api.ts";
import { bindEthereum, ensureBinding } from "./bind-ethereum.ts";
import { errors } from "./errors.ts";
import { members } from "./state.ts";

const answers: Answers<typeof Query> = {
  member: (ctx, { gameId, address }) => {
    ensure(parseAddress(address), errors.NotMember, { gameId });
    const member = members.get(ctx, [gameId, address]);
    ensure(member, errors.NotMember, { gameId, address });
    return { member };
  },
  members: (ctx, { gameId }) => ({ members: [...membersOf(ctx, gameId)] }),
};

function addMember(ctx: WriteCtx, member: Member): void {
  const { gameId, address, weight, ethereumAddress, bindingSignature } = member;
  ensure(parseAddress(address), errors.BadGenesis, { address });
  ensure(weight > 0n, errors.BadGenesis, { address, weight });
  ensure(!members.has(ctx, [gameId, address]), errors.BadGenesis, { address });
  if (ethereumAddress.length > 0) ensureBinding(ctx, { gameId, address, ethereumAddress }, bindingSignature);
  else ensure(bindingSignature.length === 0, errors.BadGenesis, { address });
  members.set(ctx, [gameId, address], member);
}

export const communityModule = defineModule({
  name: "community",
  version: 1,
  messages: messages(Msg, { bindEthereum }),
  queries: queries(Query, answers),
  invariants: [],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      for (const member of genesis.members) addMember(ctx, member);
    },
    dump: (ctx) => ({ members: [...members.all(ctx)].map(([, member]) => member) }),
  },
});
