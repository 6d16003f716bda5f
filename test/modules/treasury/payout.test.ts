import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleAddress } from "#chain/protocol/address.ts";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import {
  MsgOpenBudget,
  MsgPayFee,
  MsgPayout,
  MsgSetPlan,
  Plan,
  Query,
  GenesisState as Treasury,
} from "#proto/gen/iterum/treasury.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { budget, moduleHolds, purse, supply } from "#test/kit/game/money.ts";
import { ask, FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { changed, refusesGenesis, twice } from "../genesis-kit.ts";

const [ann, olga] = people("ann", "olga") as [Person, Person];
const gameId = GAME_ID;
const chainOf = () => newChain({ members: [ann], others: [olga] });
const payout = (amount: bigint, change: Partial<MsgPayout> = {}) =>
  say(MsgPayout, { authority, gameId, to: olga.address, amount, purpose: "data of May", ...change });
const fee = (amount: bigint, change: Partial<MsgPayFee> = {}) =>
  say(MsgPayFee, { payer: ann.address, gameId, payee: olga.address, amount, ...change });
const { PROPOSAL_STATUS_ENACTED: ENACTED } = ProposalStatus;
const codeOf = (reason: string) => reason.split(":")[0];

test("a community pays somebody out of its budget", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const before = [purse(chain, olga), budget(chain), supply(chain)] as const;
  assert.equal((await decides(chain, [ann], [payout(7n * TOKEN)])).status, ENACTED);
  assert.deepEqual(
    [purse(chain, olga), budget(chain), supply(chain)],
    [before[0] + 7n * TOKEN, before[1] - 7n * TOKEN, before[2]],
  );
  assert.equal(moduleHolds(chain, "treasury"), budget(chain));
});

test("a payout of more than there is, to nobody, or to a module is refused", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const { BadAmount, BadPayee, ShortBudget } = treasuryErrors;
  await refuses(
    chain,
    [ann, BadAmount, propose(ann, [payout(0n)])],
    [ann, BadAmount, propose(ann, [payout(1n, { purpose: "x".repeat(141) })])],
    [ann, BadPayee, propose(ann, [payout(1n, { to: "nobody" })])],
  );
  const much = await decides(chain, [ann], [payout(10n ** 20n)]);
  assert.equal(codeOf(much.reason), `treasury ${ShortBudget().code}`);
  const books = await decides(chain, [ann], [payout(1n, { to: moduleAddress("markets") })]);
  assert.equal(codeOf(books.reason), `treasury ${BadPayee().code}`);
});

test("what users pay for a service is shared with the budget, whose part is rounded up", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const plan = { ...Plan.zero(), gameId, feeSharePpm: 100_001 };
  assert.equal((await decides(chain, [ann], [say(MsgSetPlan, { authority, plan })])).status, ENACTED);
  assert.deepEqual(ask(chain, Query.plan, { gameId }).plan, plan);
  const before = [purse(chain, ann), purse(chain, olga), budget(chain)] as const;
  await says(chain, ann, fee(1_000n));
  assert.deepEqual(
    [purse(chain, ann), purse(chain, olga), budget(chain)],
    [before[0] - 1_000n - FEE, before[1] + 899n, before[2] + 101n],
  );
  const { BadAmount, BadPayee, NoBudget } = treasuryErrors;
  await refuses(
    chain,
    [ann, BadAmount, fee(0n)],
    [ann, BadPayee, fee(1n, { payee: "nobody" })],
    [ann, BadPayee, fee(1n, { payee: moduleAddress("fees") })],
    [ann, NoBudget, fee(1n, { gameId: "chess" })],
    [ann, InsufficientFunds, fee(10n ** 20n)],
  );
});

test("the council opens the budget of a game that has none, and of no other", async () => {
  const none = altered("treasury", Treasury, () => Treasury.zero());
  const chain = newChain({ members: [ann], others: [olga], treasury: 0n, alter: none });
  await chain.until(1n);
  const open = (id: string) => say(MsgOpenBudget, { authority, gameId: id });
  assert.equal((await decides(chain, [ann], [open(gameId)])).status, ENACTED);
  const opened = { gameId, denom: DENOM, available: 0n };
  assert.deepEqual(ask(chain, Query.budget, { gameId }).budget, opened);
  const again = await decides(chain, [ann], [open(gameId)]);
  assert.equal(codeOf(again.reason), `treasury ${treasuryErrors.HasBudget().code}`);
  const nowhere = await decides(chain, [ann], [open("chess")]);
  assert.equal(codeOf(nowhere.reason), `rounds ${roundsErrors.NoGame().code}`);
});

test("a plan without its period or its budget, or with too great a share, is refused", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const wrong: readonly Partial<Plan>[] = [
    { price: 1n },
    { periodBlocks: 1 },
    { price: 1n, periodBlocks: 10_000_001 },
    { feeSharePpm: 500_001 },
  ];
  const set = (plan: Plan | undefined) => propose(ann, [say(MsgSetPlan, { authority, plan })]);
  const { BadGenesis, BadPlan } = treasuryErrors;
  await refuses(
    chain,
    [ann, BadPlan, set(undefined)],
    ...wrong.map((change) => [ann, BadPlan, set({ ...Plan.zero(), gameId, ...change })] as const),
  );
  const treasury = changed("treasury", Treasury);
  const plan = { ...Plan.zero(), gameId };
  refusesGenesis(
    BadPlan,
    treasury(() => ({ plans: [{ ...plan, price: 1n }] })),
  );
  refusesGenesis(
    BadGenesis,
    treasury(() => ({ plans: twice([plan]) })),
  );
  refusesGenesis(
    BadGenesis,
    treasury(() => ({ plans: [{ ...plan, gameId: "chess" }] })),
  );
  const found = { gameId, subscriber: "x", priceMax: 1n, sinceHeight: 0n, paidHeight: 9n, renews: true };
  refusesGenesis(
    BadGenesis,
    treasury(() => ({ subscriptions: [found] })),
  );
});
