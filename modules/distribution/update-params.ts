import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgUpdateParams, MsgUpdateParamsResponse } from "#proto/gen/cosmos/distribution.ts";
import { errors } from "./errors.ts";
import { ensureParams } from "./params.ts";
import { params as paramsItem } from "./state.ts";

/** Changes the parameters by a decision of the council. */
export const updateParams: Handler<MsgUpdateParams, MsgUpdateParamsResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ params }) => {
    ensure(params, errors.BadParams, { missing: "params" });
    ensureParams(params);
  },
  run: (ctx, { params }) => {
    ensure(params, errors.BadParams, { missing: "params" });
    paramsItem.set(ctx, params);
    return {};
  },
};
