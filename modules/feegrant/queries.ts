import { compareBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { addressBytes, addressKey, parseAddress } from "#chain/protocol/address.ts";
import type { Grant, Query, QueryAllowancesResponse } from "#proto/gen/cosmos/feegrant.ts";
import { find } from "./api.ts";
import { errors } from "./errors.ts";
import { grants } from "./state.ts";

const PAGE_MAX = 100n;
const NO_KEY = new Uint8Array(0);

function ensureAddress(address: string): void {
  ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
}

/** A page of what an account may spend, in the order of the granters' addresses. */
function page(ctx: ReadCtx, grantee: string, from: Uint8Array, limit: bigint): QueryAllowancesResponse {
  ensureAddress(grantee);
  const most = limit === 0n || limit > PAGE_MAX ? PAGE_MAX : limit;
  const allowances: Grant[] = [];
  for (const [[, granter], grant] of grants.under(ctx, addressKey, grantee)) {
    const key = addressBytes(granter);
    if (compareBytes(key, from) < 0) continue;
    if (BigInt(allowances.length) === most) return { allowances, pagination: { nextKey: key, total: 0n } };
    allowances.push(grant);
  }
  return { allowances, pagination: { nextKey: NO_KEY, total: 0n } };
}

export const answers: Answers<typeof Query> = {
  allowance: (ctx, { granter, grantee }) => {
    ensureAddress(granter);
    ensureAddress(grantee);
    const allowance = find(ctx, granter, grantee);
    ensure(allowance, errors.NotFound, { granter, grantee });
    return { allowance };
  },
  allowances: (ctx, { grantee, pagination }) =>
    page(ctx, grantee, pagination?.key ?? NO_KEY, pagination?.limit ?? 0n),
};
