import { ensure } from "#chain/kernel/error.ts";
import { defineModule, invariant, queries } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { Query as CosmosQuery } from "#proto/gen/cosmos/auth.ts";
import { GenesisState, Query } from "#proto/gen/iterum/auth.ts";
import { ensureModuleAccount } from "./api.ts";
import { errors } from "./errors.ts";
import { forgetRuns } from "./forget-runs.ts";
import { keysGiveAddresses } from "./invariants.ts";
import { cosmosAnswers, iterumAnswers } from "./queries.ts";
import { accounts, nextNumber, params, unorderedRuns } from "./state.ts";

const numbersAreUnique = invariant("account numbers are unique and below the next", "full", (ctx) => {
  const seen = new Set<bigint>();
  const next = nextNumber.get(ctx);
  for (const [, { number }] of accounts.all(ctx)) {
    if (number >= next || seen.has(number)) return false;
    seen.add(number);
  }
  return true;
});

export const authModule = defineModule({
  name: "auth",
  version: 1,
  messages: [],
  queries: [...queries(CosmosQuery, cosmosAnswers), ...queries(Query, iterumAnswers)],
  invariants: [numbersAreUnique, keysGiveAddresses],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      ensure(genesis.params, errors.BadGenesis, { missing: "params" });
      params.set(ctx, genesis.params);
      nextNumber.set(ctx, genesis.nextAccountNumber);
      for (const account of genesis.accounts) {
        const { address } = account;
        ensure(parseAddress(address) && !accounts.has(ctx, address), errors.BadGenesis, { address });
        accounts.set(ctx, address, account);
      }
      ensure(keysGiveAddresses.holds(ctx), errors.BadGenesis, { keys: "do not give their addresses" });
      ensure(numbersAreUnique.holds(ctx), errors.BadGenesis, { accounts: genesis.accounts.length });
      for (const { address, deadlineNs } of genesis.unorderedRuns) {
        ensure(accounts.has(ctx, address), errors.BadGenesis, { address });
        unorderedRuns.set(ctx, [deadlineNs, address], true);
      }
      const collector = ensureModuleAccount(ctx, "fees");
      ensure(genesis.params.feeCollector === collector, errors.BadGenesis, { feeCollector: collector });
    },
    dump: (ctx) => ({
      params: params.get(ctx),
      accounts: [...accounts.all(ctx)].map(([, account]) => account),
      nextAccountNumber: nextNumber.get(ctx),
      unorderedRuns: [...unorderedRuns.all(ctx)].map(([[deadlineNs, address]]) => ({ address, deadlineNs })),
    }),
  },
  beginBlock: forgetRuns,
});
