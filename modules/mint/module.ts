import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, invariant, messages, queries } from "#chain/kernel/module.ts";
import * as validators from "#modules/validators/api.ts";
import { Msg, Params, Query } from "#proto/gen/cosmos/mint.ts";
import { GenesisState } from "#proto/gen/iterum/mint.ts";
import { errors } from "./errors.ts";
import { ONE } from "./inflation.ts";
import { annualProvisions, inflationOf, mintBlock } from "./mint-block.ts";
import { ensureParams } from "./params.ts";
import { minter, params } from "./state.ts";
import { updateParams } from "./update-params.ts";

/** Nobody can be minted more than the parameters say. */
const rateIsWithin = invariant(
  "the rate is within its bounds and what is carried is less than a base unit",
  "cheap",
  (ctx) => {
    const [rule, now] = [params.find(ctx), minter.find(ctx)];
    if (!rule || !now) return now === undefined;
    const { inflation, carried } = now;
    const isWithin = inflation >= rule.inflationMin && inflation <= rule.inflationMax;
    return isWithin && carried < ONE * rule.blocksPerYear;
  },
);

function init(ctx: WriteCtx, genesis: GenesisState): void {
  if (genesis.params) {
    ensureParams(genesis.params);
    const isStaked = genesis.params.mintDenom === validators.bondDenom(ctx);
    ensure(isStaked, errors.BadGenesis, { mintDenom: genesis.params.mintDenom });
    params.set(ctx, genesis.params);
  }
  if (genesis.minter) minter.set(ctx, genesis.minter);
  ensure(rateIsWithin.holds(ctx), errors.BadGenesis, { minter: "is not within the parameters" });
}

/** A chain that mints nothing says so in zeros. */
const paramsOf = (ctx: ReadCtx): Params =>
  params.find(ctx) ?? { ...Params.zero(), mintDenom: validators.bondDenom(ctx) };

const answers: Answers<typeof Query> = {
  params: (ctx) => ({ params: paramsOf(ctx) }),
  inflation: (ctx) => ({ inflation: inflationOf(ctx) }),
  annualProvisions: (ctx) => ({ annualProvisions: annualProvisions(ctx) }),
};

export const mintModule = defineModule({
  name: "mint",
  version: 1,
  messages: messages(Msg, { updateParams }),
  queries: queries(Query, answers),
  invariants: [rateIsWithin],
  genesis: {
    codec: GenesisState,
    init,
    dump: (ctx) => ({ params: params.find(ctx), minter: minter.find(ctx) }),
  },
  beginBlock: mintBlock,
});
