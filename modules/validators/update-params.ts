import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgUpdateParams, MsgUpdateParamsResponse, Params } from "#proto/gen/cosmos/staking.ts";
import { errors } from "./errors.ts";
import { ensureStaked } from "./params.ts";
import { SHARE } from "./shares.ts";
import { changed, params as paramsItem } from "./state.ts";

const UNBONDING_SECONDS_MAX = 10_000_000n;
const VALIDATORS_MAX = 200;
const ENTRIES_MAX = 7;

/** Fails with (validators, 22) on parameters that no chain of this kind can have. */
export function checkParams(params: Params | undefined): asserts params is Params {
  ensure(params, errors.BadParams, { missing: "params" });
  const { unbondingTime, maxValidators, maxEntries, historicalEntries, minCommissionRate, bondDenom } =
    params;
  const seconds = unbondingTime?.seconds ?? 0n;
  const isTime = seconds > 0n && seconds <= UNBONDING_SECONDS_MAX && unbondingTime?.nanos === 0;
  ensure(isTime, errors.BadParams, { unbondingSecondsMax: UNBONDING_SECONDS_MAX });
  ensure(maxValidators > 0 && maxValidators <= VALIDATORS_MAX, errors.BadParams, { maxValidators });
  ensure(maxEntries > 0 && maxEntries <= ENTRIES_MAX, errors.BadParams, { maxEntries });
  ensure(historicalEntries === 0, errors.BadParams, { historicalEntries });
  ensure(minCommissionRate <= SHARE, errors.BadParams, { minCommissionRate });
  ensure(bondDenom !== "", errors.BadParams, { missing: "bondDenom" });
}

const sameDenom = (ctx: ReadCtx, { bondDenom }: Params): boolean =>
  paramsItem.get(ctx).bondDenom === bondDenom;

/** Changes the parameters by a decision of the chain's council; what is staked stays what it is. */
export const updateParams: Handler<MsgUpdateParams, MsgUpdateParamsResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ params }) => checkParams(params),
  run: (ctx, { params }) => {
    ensureStaked(ctx);
    checkParams(params);
    ensure(sameDenom(ctx, params), errors.BadParams, { bondDenom: params.bondDenom.slice(0, 40) });
    paramsItem.set(ctx, params);
    // The set may have more seats now, or fewer.
    changed.set(ctx, true);
    return {};
  },
};
