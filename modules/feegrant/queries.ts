import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { pageOf } from "#chain/kernel/page.ts";
import { addressBytes, addressKey, parseAddress } from "#chain/protocol/address.ts";
import type { Grant, Query } from "#proto/gen/cosmos/feegrant.ts";
import { find } from "./api.ts";
import { errors } from "./errors.ts";
import { grants } from "./state.ts";

function ensureAddress(address: string): void {
  ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
}

/** What an account may spend, in the order of the granters' addresses. */
function* ofGrantee(ctx: ReadCtx, grantee: string): Iterable<readonly [Uint8Array, Grant]> {
  for (const [[, granter], grant] of grants.under(ctx, addressKey, grantee))
    yield [addressBytes(granter), grant];
}

/** What an account lets others spend, in the order of their addresses; looks at all allowances. */
function* ofGranter(ctx: ReadCtx, wanted: string): Iterable<readonly [Uint8Array, Grant]> {
  for (const [[grantee, granter], grant] of grants.all(ctx))
    if (granter === wanted) yield [addressBytes(grantee), grant];
}

export const answers: Answers<typeof Query> = {
  allowance: (ctx, { granter, grantee }) => {
    ensureAddress(granter);
    ensureAddress(grantee);
    const allowance = find(ctx, granter, grantee);
    ensure(allowance, errors.NotFound, { granter, grantee });
    return { allowance };
  },
  allowances: (ctx, { grantee, pagination: asked }) => {
    ensureAddress(grantee);
    const { items, pagination } = pageOf(ofGrantee(ctx, grantee), asked);
    return { allowances: items, pagination };
  },
  allowancesByGranter: (ctx, { granter, pagination: asked }) => {
    ensureAddress(granter);
    const { items, pagination } = pageOf(ofGranter(ctx, granter), asked);
    return { allowances: items, pagination };
  },
};
