import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgUpdateParams, MsgUpdateParamsResponse } from "#proto/gen/iterum/gov.ts";
import { errors } from "./errors.ts";
import { checkParams } from "./params.ts";
import { params as paramsItem } from "./state.ts";

/** Changes the parameters of governance by a decision of the council. */
export const updateParams: Handler<MsgUpdateParams, MsgUpdateParamsResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ params }) => ensure(params, errors.BadParams, { missing: "params" }),
  run: (ctx, { params }) => {
    ensure(params, errors.BadParams, { missing: "params" });
    checkParams(ctx, params);
    paramsItem.set(ctx, params);
    return {};
  },
};
