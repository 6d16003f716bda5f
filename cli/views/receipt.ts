import { toHex } from "#chain/bytes/hex.ts";
import { tableOf } from "#cli/table.ts";
import { formatAmount, type Unit } from "#client/units.ts";
import { type Order, OrderStatus, type Outcome } from "#proto/gen/iterum/markets.ts";

/** Everything of a settled round that money depended on. */
export interface Receipt {
  readonly outcome: Outcome;
  readonly orders: readonly Order[];
  /** What each member of the committee was paid. */
  readonly committee: readonly { readonly member: string; readonly amount: bigint }[];
}

const orderColumns = [
  { head: "operator" },
  { head: "model" },
  { head: "status" },
  { head: "bound", right: true },
  { head: "fee", right: true },
  { head: "deposit", right: true },
  { head: "payout", right: true },
  { head: "score", right: true },
  { head: "why" },
];

const committeeColumns = [{ head: "member" }, { head: "paid", right: true }];

const statusNames: ReadonlyMap<number, string> = new Map(
  Object.entries(OrderStatus).map(([name, value]) => [value, name.replace(/^ORDER_STATUS_/, "")]),
);

/** The sums that must agree, one a line: what came into the round's vault is what went out of it. */
function sumLines({ outcome, orders }: Receipt, amount: (value: bigint) => string): string[] {
  const { subsidy, deposits, payouts, returned } = outcome;
  const settled = orders.filter(({ status }) => status === OrderStatus.ORDER_STATUS_SETTLED);
  const fees = settled.reduce((sum, { fee }) => sum + fee, 0n);
  const [came, went] = [
    `subsidy ${amount(subsidy)} + deposits ${amount(deposits)}`,
    `payouts ${amount(payouts)} + returned ${amount(returned)}`,
  ];
  return [
    `${came} = ${went}`,
    `fees of settled orders ${amount(fees)}; forfeited bounds ${amount(outcome.forfeited)}`,
    `${outcome.itemsCounted} of ${outcome.items} items counted`,
    `committee paid ${amount(outcome.committeePaid)}`,
  ];
}

/** Every order and every member of the committee with what it came to, and the sums. */
export function receiptText(receipt: Receipt, unit: Unit): string {
  const { outcome, orders, committee } = receipt;
  const amount = (value: bigint): string => formatAmount(value, unit);
  const results = new Map(outcome.results.map((result) => [result.operator, result]));
  const rows = orders.map((order) => {
    const { operator, modelId, status, bound, fee, deposit, reason } = order;
    const result = results.get(operator);
    return [
      operator,
      modelId.length === 0 ? "–" : `${toHex(modelId).slice(0, 12)}…`,
      statusNames.get(status) ?? String(status),
      ...[bound, fee, deposit].map(amount),
      result ? amount(result.payout) : "–",
      result ? (result.scorePpm / 1e6).toFixed(6) : "–",
      reason,
    ];
  });
  return [
    tableOf(orderColumns, rows),
    tableOf(
      committeeColumns,
      committee.map(({ member, amount: paid }) => [member, amount(paid)]),
    ),
    ...sumLines(receipt, amount),
  ].join("\n");
}
