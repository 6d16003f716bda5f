import { assert } from "#chain/kernel/error.ts";
import { smaller } from "#chain/math/bounds.ts";
import { splitExact } from "#chain/math/mul-div.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { Purses } from "./purses.ts";
import type { Report } from "./report.ts";
import type { States } from "./states.ts";

// Ends what is under way on a chain as if it had never begun: what somebody has locked goes back, what nobody
// has locked goes to the budget of its game.

const [BONDS, MARKETS, VESTING] = ["elections", "markets", "vesting"].map(moduleAddress) as [
  string,
  string,
  string,
];
const [TREASURY, GOV] = ["treasury", "gov"].map(moduleAddress) as [string, string];

/** What a fork works on: states, purses, and the report of what it does. */
export interface Work {
  readonly states: States;
  readonly purses: Purses;
  readonly report: Report;
}

/** Amounts by game that go to budgets. */
export type Residuals = Map<string, bigint>;

const denomOf = ({ rounds }: States, gameId: string): string => {
  const game = rounds.games.find((each) => each.gameId === gameId);
  assert(game, `no game ${gameId}`);
  return game.denom;
};

const ended: ReadonlySet<OrderStatus> = new Set([
  OrderStatus.ORDER_STATUS_FORFEITED,
  OrderStatus.ORDER_STATUS_REFUNDED,
  OrderStatus.ORDER_STATUS_SETTLED,
]);

/** What an operator has put into the vault of a market that has not ended. */
const claimOf = (order: Order): bigint => (ended.has(order.status) ? 0n : order.bound + order.fee);

function endMarkets({ states, purses, report }: Work, residuals: Residuals): void {
  for (const market of states.markets.markets) {
    const { gameId, roundId, vault, committeePay } = market;
    const denom = denomOf(states, gameId);
    const orders = states.markets.orders.flatMap(({ order, ...key }) =>
      order && key.gameId === gameId && key.roundId === roundId ? [order] : [],
    );
    const claims = orders.map(claimOf);
    const claimed = claims.reduce((sum, each) => sum + each, 0n);
    // A market of shares may have paid some of its holders already: the rest share what is left.
    const refunds = claimed <= vault ? claims : splitExact(vault, claims);
    for (const [i, { operator, bond, status }] of orders.entries()) {
      const owed = (refunds[i] ?? 0n) + (status === OrderStatus.ORDER_STATUS_REFUNDED ? 0n : bond);
      purses.move(MARKETS, operator, denom, owed);
      report.pay("orders", denom, owed);
      if (!ended.has(status)) report.tell("orders", 0, 1, "bounds, fees and bonds went back");
    }
    const left = vault + committeePay - refunds.reduce((sum, each) => sum + each, 0n);
    purses.move(MARKETS, TREASURY, denom, left);
    residuals.set(gameId, (residuals.get(gameId) ?? 0n) + left);
  }
}

function returnBonds({ states, purses, report }: Work): void {
  const give = (gameId: string, member: string, bond: bigint): void => {
    const denom = denomOf(states, gameId);
    purses.move(BONDS, member, denom, bond);
    report.pay("bonds of members", denom, bond);
    if (bond > 0n) report.tell("bonds of members", 0, 1, "went back, nobody is slashed");
  };
  for (const { gameId, candidate } of states.elections.candidates)
    if (candidate) give(gameId, candidate.member, candidate.bond);
  for (const { gameId, seat } of states.elections.seats) if (seat) give(gameId, seat.member, seat.bond);
}

function payProfits({ states, purses, report }: Work): void {
  for (const { gameId, operator, left } of states.vesting.vests) {
    const denom = denomOf(states, gameId);
    purses.move(VESTING, operator, denom, left);
    report.tell("profits not paid yet", 0, 1, "were paid out");
    report.pay("profits not paid yet", denom, left);
  }
}

function returnDeposits({ states, purses, report }: Work): void {
  const { gov } = states;
  for (const { proposalId, depositor, amount } of gov.deposits) {
    const proposal = gov.proposals.find((each) => each.proposalId === proposalId);
    assert(proposal, "a deposit of no proposal");
    const denom = denomOf(states, proposal.gameId);
    purses.move(GOV, depositor, denom, amount);
    report.pay("proposals", denom, amount);
  }
  report.tell("proposals", 0, gov.proposals.length, "deposits went back");
}

/** What every delegator has staked, and what it has on the way out: together exactly what the pools hold. */
function freeStake({ states, purses, report }: Work): void {
  const { validators } = states;
  const denom = validators.params?.bondDenom ?? "";
  const pools = ["bonded_tokens_pool", "not_bonded_tokens_pool"].map(moduleAddress);
  const give = (delegator: string, amount: bigint): void => {
    let left = amount;
    for (const pool of pools) {
      const part = smaller(left, purses.of(pool, denom));
      purses.move(pool, delegator, denom, part);
      left -= part;
    }
    assert(left === 0n, "the pools hold less than is staked");
    report.pay("stakes of validators", denom, amount);
  };
  for (const { operator, tokens } of validators.validators) {
    const own = validators.delegations.filter((each) => each.operator === operator);
    const parts = splitExact(
      tokens,
      own.map(({ shares }) => shares),
    );
    for (const [i, { delegator }] of own.entries()) give(delegator, parts[i] ?? 0n);
  }
  for (const { delegator, entries } of validators.unbondings)
    for (const { balance } of entries) give(delegator, balance);
  const count = validators.delegations.length + validators.unbondings.length;
  report.tell("stakes of validators", 0, count, "went back to their delegators");
  report.tell("validators", 0, validators.validators.length);
}

/** Ends everything; gives what goes to the budget of each game, whose coins the treasury has then. */
export function windDown(work: Work): Residuals {
  const residuals: Residuals = new Map();
  endMarkets(work, residuals);
  returnBonds(work);
  payProfits(work);
  returnDeposits(work);
  freeStake(work);
  const { rounds } = work.states.rounds;
  const running = rounds.filter(({ phase }) => phase < Phase.PHASE_DONE).length;
  work.report.tell("rounds", 0, rounds.length, running > 0 ? `${running} of them void` : "");
  for (const address of [BONDS, MARKETS, VESTING, GOV])
    assert(work.purses.denoms(address).length === 0, "an account of a module holds coins that nobody owns");
  return residuals;
}
