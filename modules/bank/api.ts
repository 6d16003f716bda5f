import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import * as auth from "#modules/auth/api.ts";
import { errors, InsufficientFunds } from "./errors.ts";
import { balances, supplies } from "./state.ts";

export { ensureCoins } from "./coins.ts";

const AMOUNT_LIMIT = 1n << 128n;

/** What an address holds of a denom, in base units. */
export const balance = (ctx: ReadCtx, address: string, denom: string): bigint =>
  balances.get(ctx, [address, denom]) ?? 0n;

export const supply = (ctx: ReadCtx, denom: string): bigint => supplies.get(ctx, denom) ?? 0n;

function setBalance(ctx: WriteCtx, address: string, denom: string, amount: bigint): void {
  if (amount === 0n) balances.delete(ctx, [address, denom]);
  else balances.set(ctx, [address, denom], amount);
}

function setSupply(ctx: WriteCtx, denom: string, amount: bigint): void {
  ensure(amount < AMOUNT_LIMIT, errors.Overflow, { denom });
  if (amount === 0n) supplies.delete(ctx, denom);
  else supplies.set(ctx, denom, amount);
}

const spent = (ctx: WriteCtx, spender: string, amount: string): void =>
  ctx.emit("coin_spent", [
    ["spender", spender],
    ["amount", amount],
  ]);

const received = (ctx: WriteCtx, receiver: string, amount: string): void =>
  ctx.emit("coin_received", [
    ["receiver", receiver],
    ["amount", amount],
  ]);

/** Moves base units; fails with (sdk, 5) when the sender has less. Nothing else moves coins. */
export function send(ctx: WriteCtx, from: string, to: string, denom: string, amount: bigint): void {
  assert(amount >= 0n, "a negative amount was sent");
  if (amount === 0n) return;
  const held = balance(ctx, from, denom);
  ensure(held >= amount, InsufficientFunds, { address: from, held, needed: amount, denom });
  setBalance(ctx, from, denom, held - amount);
  auth.ensureAccount(ctx, to);
  setBalance(ctx, to, denom, balance(ctx, to, denom) + amount);
  const text = `${amount}${denom}`;
  spent(ctx, from, text);
  received(ctx, to, text);
  ctx.emit("transfer", [
    ["recipient", to],
    ["sender", from],
    ["amount", text],
  ]);
}

/** Makes new base units for an address; the supply grows by them. */
export function mint(ctx: WriteCtx, to: string, denom: string, amount: bigint): void {
  assert(amount >= 0n, "a negative amount was minted");
  if (amount === 0n) return;
  setSupply(ctx, denom, supply(ctx, denom) + amount);
  auth.ensureAccount(ctx, to);
  setBalance(ctx, to, denom, balance(ctx, to, denom) + amount);
  received(ctx, to, `${amount}${denom}`);
  ctx.emit("coinbase", [
    ["minter", to],
    ["amount", `${amount}${denom}`],
  ]);
}

/** Destroys base units of an address; the supply shrinks by them. */
export function burn(ctx: WriteCtx, from: string, denom: string, amount: bigint): void {
  assert(amount >= 0n, "a negative amount was burned");
  if (amount === 0n) return;
  const held = balance(ctx, from, denom);
  ensure(held >= amount, InsufficientFunds, { address: from, held, needed: amount, denom });
  setBalance(ctx, from, denom, held - amount);
  setSupply(ctx, denom, supply(ctx, denom) - amount);
  spent(ctx, from, `${amount}${denom}`);
  ctx.emit("burn", [
    ["burner", from],
    ["amount", `${amount}${denom}`],
  ]);
}
