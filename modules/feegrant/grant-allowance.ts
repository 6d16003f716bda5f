import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import type { MsgGrantAllowance, MsgGrantAllowanceResponse } from "#proto/gen/cosmos/feegrant.ts";
import { endNs, ensureAllowance, readAllowance } from "./allowance.ts";
import { find, nowNs, put } from "./api.ts";
import { errors } from "./errors.ts";

/** Lets another account spend the granter's coins on fees; opens that account if it was never seen. */
export const grantAllowance: Handler<MsgGrantAllowance, MsgGrantAllowanceResponse> = {
  signer: ({ granter }) => granter,
  check: ({ granter, grantee, allowance }) => {
    const isOther = parseAddress(grantee) && grantee !== granter;
    ensure(isOther, errors.BadAddress, { grantee: grantee.slice(0, 80) });
    ensure(allowance, errors.BadAllowance, { missing: "allowance" });
    ensureAllowance(readAllowance(allowance));
  },
  run: (ctx, { granter, grantee, allowance }) => {
    ensure(allowance, errors.BadAllowance, { missing: "allowance" });
    ensure(!find(ctx, granter, grantee), errors.AllowanceExists, { granter, grantee });
    const end = endNs(readAllowance(allowance));
    ensure(end === undefined || nowNs(ctx) <= end, errors.Expired, { endNs: end ?? 0n });
    auth.ensureAccount(ctx, grantee);
    put(ctx, { granter, grantee, allowance });
    ctx.emit("set_feegrant", [
      ["granter", granter],
      ["grantee", grantee],
    ]);
    return {};
  },
};
