import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { MsgRevokeAllowance, MsgRevokeAllowanceResponse } from "#proto/gen/cosmos/feegrant.ts";
import { find, remove } from "./api.ts";
import { errors } from "./errors.ts";

/** Takes an allowance back. */
export const revokeAllowance: Handler<MsgRevokeAllowance, MsgRevokeAllowanceResponse> = {
  signer: ({ granter }) => granter,
  check: ({ granter, grantee }) => {
    const isOther = parseAddress(grantee) && grantee !== granter;
    ensure(isOther, errors.BadAddress, { grantee: grantee.slice(0, 80) });
  },
  run: (ctx, { granter, grantee }) => {
    const grant = find(ctx, granter, grantee);
    ensure(grant, errors.NoAllowance, { granter, grantee });
    remove(ctx, grant);
    ctx.emit("revoke_feegrant", [
      ["granter", granter],
      ["grantee", grantee],
    ]);
    return {};
  },
};
