import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { parseOperator } from "#chain/protocol/operator.ts";
import { errors } from "./errors.ts";

/** Fails with (distribution, 20) unless it is an account's address. */
export function ensureAddress(address: string): void {
  ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
}

/** The account behind a validator's address as wallets write it; fails with (distribution, 20). */
export function operatorOf(validatorAddress: string): string {
  const operator = parseOperator(validatorAddress);
  ensure(operator, errors.BadAddress, { validator: validatorAddress.slice(0, 80) });
  return operator;
}
