import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import { errors } from "./errors.ts";

/** Fails with (treasury, 6) unless it is an address. */
export const ensureAddress = (address: string): void =>
  ensure(parseAddress(address), errors.BadPayee, { address: address.slice(0, 80) });

/** Fails with (treasury, 6) for a module's account, whose books nobody may pay past. */
export const ensurePerson = (ctx: ReadCtx, address: string): void =>
  ensure(!auth.isModuleAccount(ctx, address), errors.BadPayee, { address });
