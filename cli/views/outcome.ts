import { toHex } from "#chain/bytes/hex.ts";
import { tableOf } from "#cli/table.ts";
import { formatAmount, type Unit } from "#client/units.ts";
import type { Outcome, Result } from "#proto/gen/iterum/markets.ts";

const columns = [
  { head: "operator" },
  { head: "model" },
  { head: "accuracy", right: true },
  { head: "log loss", right: true },
  { head: "deposit", right: true },
  { head: "profit", right: true },
];

/** An amount with two decimals, rounded to the nearest, without its denom. */
export const fixed = (value: bigint, unit: Unit): string => {
  const scale = 10n ** BigInt(unit.exponent - 2);
  const half = value < 0n ? -scale / 2n : scale / 2n;
  const cents = (value + half) / scale;
  const sign = cents < 0n ? "-" : "";
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** Profit of a result in base units: below zero for a loss. */
export const profitOf = ({ payout, deposit }: Result): bigint => payout - deposit;

function rowOf(result: Result, unit: Unit, nameOf: (address: string) => string): string[] {
  const profit = profitOf(result);
  return [
    nameOf(result.operator),
    `${toHex(result.modelId).slice(0, 12)}…`,
    `${(result.accuracyPpm / 10_000).toFixed(1)} %`,
    (Number(result.logLossMicronats) / 1e6).toFixed(3),
    fixed(result.deposit, unit),
    profit > 0n ? `+${fixed(profit, unit)}` : fixed(profit, unit),
  ];
}

/**
 * What of the subsidy was used; when losers paid more than winners earned, more comes back than was locked.
 */
function subsidyLine(subsidy: bigint, returned: bigint, amount: (value: bigint) => string): string {
  const used = subsidy - returned;
  const gained = used < 0n ? ` (the community gained ${amount(-used)})` : "";
  const spent = amount(used > 0n ? used : 0n);
  return `subsidy ${amount(subsidy)}: ${spent} used, ${amount(returned)} returned${gained}`;
}

/** What a settled round came to: a row for each order, and the community's part below. */
export function outcomeTable(
  outcome: Outcome,
  unit: Unit,
  nameOf: (address: string) => string = (address) => address,
): string {
  const { results, subsidy, returned, committeePaid, forfeited, items, itemsCounted } = outcome;
  const amount = (value: bigint): string => formatAmount(value, unit);
  return [
    tableOf(
      columns,
      results.map((result) => rowOf(result, unit, nameOf)),
    ),
    `${items} hidden items, ${itemsCounted} counted; amounts in ${unit.display}`,
    subsidyLine(subsidy, returned, amount),
    `committee paid ${amount(committeePaid)}, forfeited ${amount(forfeited)}`,
  ].join("\n");
}
