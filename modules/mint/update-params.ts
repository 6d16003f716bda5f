import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { clamp } from "#chain/math/bounds.ts";
import * as validators from "#modules/validators/api.ts";
import type { MsgUpdateParams, MsgUpdateParamsResponse } from "#proto/gen/cosmos/mint.ts";
import { errors } from "./errors.ts";
import { inflationOf } from "./mint-block.ts";
import { ensureParams } from "./params.ts";
import { minter, params as paramsItem } from "./state.ts";

/** Changes how the supply grows by a decision of the council; the rate of now is cut to the new bounds. */
export const updateParams: Handler<MsgUpdateParams, MsgUpdateParamsResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ params }) => {
    ensure(params, errors.BadParams, { missing: "params" });
    ensureParams(params);
  },
  run: (ctx, { params }) => {
    ensure(params, errors.BadParams, { missing: "params" });
    const { mintDenom, inflationMin, inflationMax } = params;
    ensure(mintDenom === validators.bondDenom(ctx), errors.BadParams, { mintDenom: mintDenom.slice(0, 80) });
    paramsItem.set(ctx, params);
    // What was carried is in parts of another length: less than a base unit is forgone.
    minter.set(ctx, { inflation: clamp(inflationOf(ctx), inflationMin, inflationMax), carried: 0n });
    return {};
  },
};
