import { DecodeError } from "./error.ts";
import { parseDec } from "./read.ts";

/** The number of such units with a point and all 18 decimals, as Cosmos SDK writes it in JSON. */
export function decText(units: bigint): string {
  const digits = units.toString().padStart(19, "0");
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
}

/** The units of 10⁻¹⁸ of a number in text, with at most 18 decimals; throws DecodeError on another text. */
export function parseDecText(text: string): bigint {
  const match = /^(0|[1-9][0-9]{0,38})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (match === null) throw new DecodeError("not a number with at most 18 decimals");
  const digits = `${match[1]}${(match[2] ?? "").padEnd(18, "0")}`;
  return parseDec(digits.replace(/^0+(?=.)/, ""));
}
