import { ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import type { Fee } from "#proto/gen/cosmos/tx.ts";
import { errors } from "./errors.ts";
import type { TxHost } from "./host.ts";

/** Most coins of a fee. */
export const FEE_COINS_MAX = 8;
const MICRO = 1_000_000n;
/** Denoms as Cosmos SDK allows them: the text of EIP-191 shows them as they are. */
const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

/** The least price of a unit of gas, in millionths of a base unit of the denom. */
export interface GasPrice {
  readonly denom: string;
  readonly priceMicro: bigint;
}

/** Fails unless the coins of a fee are few, sorted by denom, unique and above zero. None is a fee too. */
export function ensureFeeCoins(coins: readonly Coin[]): void {
  ensure(coins.length <= FEE_COINS_MAX, errors.InvalidCoins, { coins: coins.length, most: FEE_COINS_MAX });
  let before = "";
  for (const { denom, amount } of coins) {
    ensure(amount > 0n && denom > before && DENOM.test(denom), errors.InvalidCoins, {
      denom: denom.slice(0, 40),
      amount,
    });
    before = denom;
  }
}

/** What gas costs at a price, in base units, rounded up: the chain never sells gas below its price. */
export const feeOf = (gasLimit: bigint, price: GasPrice): bigint =>
  mulDiv(gasLimit, price.priceMicro, MICRO, "up");

/** Fails unless the fee pays for all the gas it asks for. */
export function ensureFeeCovers(fee: Fee, price: GasPrice): void {
  const needed = feeOf(fee.gasLimit, price);
  const paid = fee.amount.find(({ denom }) => denom === price.denom)?.amount ?? 0n;
  ensure(paid >= needed, errors.InsufficientFee, { paid, needed, denom: price.denom });
}

/** Takes the fee from its payer or its granter, whatever then becomes of the messages. */
export function chargeFee(tx: { readonly fee: Fee; readonly payer: string }, host: TxHost): void {
  const { amount, granter } = tx.fee;
  if (amount.length === 0) return;
  if (granter === "") host.charge(tx.payer, amount);
  else host.chargeGranter(granter, tx.payer, amount);
}
