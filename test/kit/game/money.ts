import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import type { Person } from "../accounts.ts";
import type { TestChain } from "../chain.ts";
import { DENOM, GAME_ID } from "../genesis.ts";

/** What somebody holds. */
export const purse = (chain: TestChain, who: Person): bigint =>
  chain.read((ctx) => bank.balance(ctx, who.address, DENOM));

/** What the game may still spend. */
export const budget = (chain: TestChain): bigint => chain.read((ctx) => treasury.available(ctx, GAME_ID));

/** What a module's account holds. */
export const moduleHolds = (chain: TestChain, module: string): bigint =>
  chain.read((ctx) => bank.balance(ctx, moduleAddress(module), DENOM));

export const supply = (chain: TestChain): bigint => chain.read((ctx) => bank.supply(ctx, DENOM));
