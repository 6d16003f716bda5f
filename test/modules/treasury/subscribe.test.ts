import assert from "node:assert/strict";
import { test } from "node:test";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import * as treasury from "#modules/treasury/api.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import {
  MsgSetPlan,
  MsgSubscribe,
  MsgUnsubscribe,
  Plan,
  Query,
  GenesisState as Treasury,
} from "#proto/gen/iterum/treasury.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { budget, purse } from "#test/kit/game/money.ts";
import { ask, FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const [ann, ben, olga] = people("ann", "ben", "olga") as [Person, Person, Person];
const gameId = GAME_ID;
const PRICE = 3n * TOKEN;
const plan = { ...Plan.zero(), gameId, price: PRICE, periodBlocks: 5 };
const alter = altered("treasury", Treasury, (state) => ({ ...state, plans: [plan] }));
/** Rounds that open once alone while a test runs, so that the budget moves by payments only. */
const quiet = { ...brisk, firstOpen: 100, open: 100 };
const chainOf = () => newChain({ members: [ann], others: [ben, olga], schedule: quiet, alter });

const subscribe = (who: Person, priceMax = PRICE) =>
  say(MsgSubscribe, { subscriber: who.address, gameId, priceMax });
const unsubscribe = (who: Person) => say(MsgUnsubscribe, { subscriber: who.address, gameId });
const paidUntil = (chain: TestChain, who: Person) =>
  ask(chain, Query.subscription, { gameId, subscriber: who.address }).subscription?.paidHeight;
const isSubscribed = (chain: TestChain, who: Person) =>
  chain.read((ctx) => treasury.isSubscribed(ctx, gameId, who.address));

test("a subscriber pays the budget every period, until it ends the subscription", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const before = [purse(chain, ann), budget(chain)] as const;
  await says(chain, ann, subscribe(ann));
  assert.deepEqual([paidUntil(chain, ann), isSubscribed(chain, ann)], [8n, true]);
  await chain.until(13n);
  assert.equal(paidUntil(chain, ann), 18n);
  assert.deepEqual(
    [purse(chain, ann), budget(chain)],
    [before[0] - 3n * PRICE - FEE, before[1] + 3n * PRICE],
  );
  await says(chain, ann, unsubscribe(ann));
  await chain.until(17n);
  assert.ok(isSubscribed(chain, ann));
  await chain.until(18n);
  assert.deepEqual([paidUntil(chain, ann), budget(chain)], [undefined, before[1] + 3n * PRICE]);
});

test("who ended a subscription takes it up again and pays for no period twice", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const before = budget(chain);
  await says(chain, ann, subscribe(ann));
  await says(chain, ann, unsubscribe(ann));
  await says(chain, ann, subscribe(ann, 2n * PRICE));
  assert.equal(budget(chain), before + PRICE);
  await chain.until(8n);
  assert.deepEqual([paidUntil(chain, ann), budget(chain)], [13n, before + 2n * PRICE]);
});

test("who cannot pay a period, or agreed to less, is let go as it begins", async () => {
  const chain = chainOf();
  await chain.until(2n);
  await chain.block([olga, subscribe(olga)], [ben, subscribe(ben, 2n * PRICE)]);
  const held = purse(chain, olga) - FEE;
  const amount = [{ denom: DENOM, amount: held - PRICE + 1n }];
  await says(chain, olga, say(MsgSend, { fromAddress: olga.address, toAddress: ann.address, amount }));
  await chain.until(paidUntil(chain, olga) ?? 0n);
  assert.equal(paidUntil(chain, olga), undefined);
  assert.equal(purse(chain, olga), PRICE - 1n);
  const dear = { ...plan, price: 2n * PRICE + 1n };
  const set = await decides(chain, [ann], [say(MsgSetPlan, { authority, plan: dear })]);
  assert.equal(set.status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  await chain.until(paidUntil(chain, ben) ?? 0n);
  assert.equal(paidUntil(chain, ben), undefined);
});

test("a subscription that is none is refused", async () => {
  const chain = chainOf();
  await says(chain, ann, subscribe(ann));
  const { NoBudget, NotSubscribed, Subscribed, TooDear } = treasuryErrors;
  const chess = { subscriber: ben.address, gameId: "chess", priceMax: PRICE };
  await refuses(
    chain,
    [ann, Subscribed, subscribe(ann)],
    [ben, TooDear, subscribe(ben, PRICE - 1n)],
    [ben, NoBudget, say(MsgSubscribe, chess)],
    [ben, NotSubscribed, unsubscribe(ben)],
  );
  await says(chain, ann, unsubscribe(ann));
  await refuses(chain, [ann, NotSubscribed, unsubscribe(ann)]);
  const free = newChain({ members: [], others: [ben] });
  await refuses(free, [ben, treasuryErrors.NoPlan, subscribe(ben)]);
  const rich = altered("treasury", Treasury, (state) => ({
    ...state,
    plans: [{ ...plan, price: 10n ** 20n }],
  }));
  const dear = newChain({ members: [], others: [ben], alter: rich });
  await refuses(dear, [ben, InsufficientFunds, subscribe(ben, 10n ** 20n)]);
});

test("a block renews a bounded number of subscriptions, the next the rest, none twice", async () => {
  const crowd = people(...Array.from({ length: 60 }, (_, i) => `subscriber ${i}`));
  const subscriptions = crowd.map(({ address }) => ({
    ...{ gameId, subscriber: address, priceMax: PRICE, sinceHeight: 0n, paidHeight: 3n, renews: true },
  }));
  const many = altered("treasury", Treasury, (state) => ({ ...state, plans: [plan], subscriptions }));
  const chain = newChain({ members: [], others: crowd, schedule: quiet, alter: many });
  await chain.until(2n);
  const before = budget(chain);
  const paid = async (height: bigint) => {
    await chain.until(height);
    return (budget(chain) - before) / PRICE;
  };
  assert.deepEqual([await paid(3n), await paid(4n), await paid(7n), await paid(8n)], [50n, 60n, 60n, 110n]);
});

test("an import renews what the export had", async () => {
  const chain = chainOf();
  await says(chain, ann, subscribe(ann));
  const again = newChain({ members: [], others: [], schedule: quiet, alter: () => chain.app.dump() });
  const due = paidUntil(again, ann) ?? 0n;
  await again.until(due);
  assert.equal(paidUntil(again, ann), due + 5n);
});
