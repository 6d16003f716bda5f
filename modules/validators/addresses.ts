import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { parseOperator } from "#chain/protocol/operator.ts";
import { errors } from "./errors.ts";

/** The account of an operator's address as wallets write it; fails with (validators, 5). */
export function operatorOf(text: string): string {
  const operator = parseOperator(text);
  ensure(operator, errors.BadAddress, { address: text.slice(0, 80) });
  return operator;
}

/** Fails with (validators, 5) unless it is an account's address. */
export const ensureAddress = (text: string): void =>
  ensure(parseAddress(text), errors.BadAddress, { address: text.slice(0, 80) });

/** Who must sign for an operator; nobody for a text that is no address: the check refuses it. */
export const signerOf = (text: string): string => parseOperator(text) ?? "";
