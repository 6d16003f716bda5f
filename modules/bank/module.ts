import { ensure } from "#chain/kernel/error.ts";
import { defineModule, invariant, messages, queries } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import { Msg, Query } from "#proto/gen/cosmos/bank.ts";
import { GenesisState } from "#proto/gen/iterum/bank.ts";
import { isDenom } from "./coins.ts";
import { errors } from "./errors.ts";
import { multiSend } from "./multi-send.ts";
import { answers } from "./queries.ts";
import { send } from "./send.ts";
import { balances, denoms, supplies } from "./state.ts";

const balancesMakeSupply = invariant("the balances of each denom sum to its supply", "full", (ctx) => {
  const sums = new Map<string, bigint>();
  for (const [[, denom], amount] of balances.all(ctx)) sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  const supplied = [...supplies.all(ctx)];
  return supplied.length === sums.size && supplied.every(([denom, amount]) => sums.get(denom) === amount);
});

export const bankModule = defineModule({
  name: "bank",
  version: 1,
  messages: messages(Msg, { send, multiSend }),
  queries: queries(Query, answers),
  invariants: [balancesMakeSupply],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      for (const denom of genesis.denoms) denoms.set(ctx, denom.base, denom);
      for (const { address, denom, amount } of genesis.balances) {
        const sound = parseAddress(address) && isDenom(denom) && amount > 0n;
        ensure(sound && !balances.has(ctx, [address, denom]), errors.BadGenesis, { address, denom });
        auth.ensureAccount(ctx, address);
        balances.set(ctx, [address, denom], amount);
        const total = (supplies.get(ctx, denom) ?? 0n) + amount;
        ensure(total < 1n << 128n, errors.Overflow, { denom });
        supplies.set(ctx, denom, total);
      }
    },
    dump: (ctx) => ({
      balances: [...balances.all(ctx)].map(([[address, denom], amount]) => ({ address, denom, amount })),
      denoms: [...denoms.all(ctx)].map(([, denom]) => denom),
    }),
  },
});
