import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { smaller } from "#chain/math/bounds.ts";
import { decText } from "#chain/proto/dec.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as validators from "#modules/validators/api.ts";
import { Minter } from "#proto/gen/iterum/mint.ts";
import { bondedShare, nextInflation, provision } from "./inflation.ts";
import { minter, params } from "./state.ts";

/** Where fees come in, and what is to be shared among validators with them. */
const FEES = moduleAddress("fees");
/** Supplies stay below 2¹²⁸. */
const SUPPLY_MAX = (1n << 128n) - 1n;

/** The rate of now; 0 on a chain that mints nothing. */
export const inflationOf = (ctx: ReadCtx): bigint => minter.find(ctx)?.inflation ?? 0n;

/** What a year mints at the rate and supply of now, in 10⁻¹⁸ base units. */
export const annualProvisions = (ctx: ReadCtx): bigint =>
  bank.supply(ctx, params.find(ctx)?.mintDenom ?? "") * inflationOf(ctx);

/** Mints a block's part of the year's new coins to where fees come in; nothing where nobody stakes. */
export function mintBlock(ctx: WriteCtx): void {
  const rule = params.find(ctx);
  if (!rule || rule.inflationMax === 0n || !validators.isStaked(ctx)) return;
  const { mintDenom, blocksPerYear } = rule;
  const before = minter.find(ctx) ?? Minter.zero();
  const supply = bank.supply(ctx, mintDenom);
  const bonded = bondedShare(validators.bondedTokens(ctx), supply);
  const inflation = nextInflation(before.inflation, bonded, rule);
  const { amount, carried } = provision(supply, inflation, blocksPerYear, before.carried);
  minter.set(ctx, { inflation, carried });
  const minted = smaller(amount, SUPPLY_MAX - supply);
  if (minted === 0n) return;
  bank.mint(ctx, FEES, mintDenom, minted);
  ctx.emit("mint", [
    ["bonded_ratio", decText(bonded)],
    ["inflation", decText(inflation)],
    ["annual_provisions", decText(supply * inflation)],
    ["amount", minted.toString()],
  ]);
}
