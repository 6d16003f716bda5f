import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { AccountKey } from "#chain/protocol/account-key.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { Account, type Params } from "#proto/gen/iterum/auth.ts";
import { errors } from "./errors.ts";
import { accounts, nextNumber, params as paramsItem, unorderedRuns } from "./state.ts";

export const params = (ctx: ReadCtx): Params => paramsItem.get(ctx);

export const account = (ctx: ReadCtx, address: string): Account | undefined => accounts.get(ctx, address);

/** Whether the account belongs to a module, so that nobody can sign for it. */
export const isModuleAccount = (ctx: ReadCtx, address: string): boolean =>
  (account(ctx, address)?.moduleName ?? "") !== "";

function open(ctx: WriteCtx, address: string, moduleName: string): Account {
  const number = nextNumber.get(ctx);
  nextNumber.set(ctx, number + 1n);
  const opened: Account = { ...Account.zero(), address, number, moduleName };
  accounts.set(ctx, address, opened);
  return opened;
}

/** The account at the address, opened with the next number if it was never seen. */
export const ensureAccount = (ctx: WriteCtx, address: string): Account =>
  account(ctx, address) ?? open(ctx, address, "");

/** Claims the account of a module, which may hold coins already; returns its address. For genesis. */
export function ensureModuleAccount(ctx: WriteCtx, name: string): string {
  const address = moduleAddress(name);
  const found = account(ctx, address) ?? open(ctx, address, name);
  const unclaimed = found.moduleName === "" && found.publicKey.length === 0;
  ensure(found.moduleName === name || unclaimed, errors.BadGenesis, { address });
  if (unclaimed) accounts.set(ctx, address, { ...found, moduleName: name });
  return address;
}

/** Makes the account's next transaction carry the next sequence. */
export function bumpSequence(ctx: WriteCtx, address: string): void {
  const found = ensureAccount(ctx, address);
  accounts.set(ctx, address, { ...found, sequence: found.sequence + 1n });
}

/** The key that an account signs with; undefined until it signed once. */
export const keyOf = ({ keyType, publicKey }: Account): AccountKey | undefined =>
  publicKey.length > 0 ? { type: keyType, bytes: publicKey } : undefined;

/** Remembers the key that an account signs with. */
export function setKey(ctx: WriteCtx, address: string, { type, bytes }: AccountKey): void {
  accounts.set(ctx, address, { ...ensureAccount(ctx, address), keyType: type, publicKey: bytes });
}

/** Whether an unordered transaction of the account with that deadline, in nanoseconds, has run. */
export const hasRun = (ctx: ReadCtx, address: string, deadlineNs: bigint): boolean =>
  unorderedRuns.has(ctx, [deadlineNs, address]);

/** Notes that it ran, so that none with the same deadline runs again before it has passed. */
export const markRun = (ctx: WriteCtx, address: string, deadlineNs: bigint): void =>
  unorderedRuns.set(ctx, [deadlineNs, address], true);
