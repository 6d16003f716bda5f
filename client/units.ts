import { ClientError } from "./errors.ts";

/** How amounts of a denom are shown: 1 display unit is 10^exponent base units. */
export interface Unit {
  readonly base: string;
  readonly display: string;
  readonly exponent: number;
}

/** The chain's own token. */
export const ITER: Unit = { base: "uiter", display: "ITER", exponent: 6 };

const AMOUNT_LIMIT = 1n << 128n;

/**
 * Base units of a text such as "1.5 ITER", "1.5" or "1500000 uiter". Digits with at most one point, nothing
 * else: no sign, no grouping, no more decimals than the unit has. Throws ClientError badInput.
 */
export function parseAmount(text: string, unit: Unit = ITER): bigint {
  const match = /^([0-9]{1,39})(?:\.([0-9]{1,39}))?(?: ?([A-Za-z][A-Za-z0-9/]{1,127}))?$/.exec(text.trim());
  if (!match) throw new ClientError("badInput", `not an amount: "${text.slice(0, 60)}"`);
  const [, whole = "", decimals = "", denom = unit.display] = match;
  const exponent = exponentOf(denom, unit);
  if (decimals.length > exponent)
    throw new ClientError("badInput", `${denom} has ${exponent} decimals, not ${decimals.length}`);
  const amount = BigInt(whole + decimals.padEnd(exponent, "0"));
  if (amount >= AMOUNT_LIMIT) throw new ClientError("badInput", "an amount is below 2^128 base units");
  return amount;
}

function exponentOf(denom: string, unit: Unit): number {
  if (denom === unit.base) return 0;
  if (denom.toUpperCase() === unit.display.toUpperCase()) return unit.exponent;
  throw new ClientError("badInput", `amounts are in ${unit.display} or ${unit.base}, not ${denom}`);
}

/** The amount for people, exact: "1.5 ITER", "-0.000001 ITER", "12 ITER". */
export function formatAmount(amount: bigint, unit: Unit = ITER): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(unit.exponent + 1, "0");
  const whole = digits.slice(0, digits.length - unit.exponent);
  const decimals = digits.slice(digits.length - unit.exponent).replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${whole}${decimals === "" ? "" : `.${decimals}`} ${unit.display}`;
}
