import assert from "node:assert/strict";
import { test } from "node:test";
import { errorSet } from "#chain/kernel/error.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { templateId } from "#chain/protocol/template.ts";
import { errors as authErrors } from "#modules/auth/errors.ts";
import { errors as bankErrors } from "#modules/bank/errors.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { errors as proofsErrors } from "#modules/proofs/errors.ts";
import { errors as rewardsErrors } from "#modules/rewards/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { Query as Auth, BaseAccount, ModuleAccount } from "#proto/gen/cosmos/auth.ts";
import { Query as Bank } from "#proto/gen/cosmos/bank.ts";
import { Query as Params } from "#proto/gen/iterum/auth.ts";
import { Query as Commitments } from "#proto/gen/iterum/commitments.ts";
import { Query as Community } from "#proto/gen/iterum/community.ts";
import { Query as Elections } from "#proto/gen/iterum/elections.ts";
import { Query as Markets } from "#proto/gen/iterum/markets.ts";
import { Query as Proofs } from "#proto/gen/iterum/proofs.ts";
import { Query as Rewards } from "#proto/gen/iterum/rewards.ts";
import { Phase, Query as Rounds } from "#proto/gen/iterum/rounds.ts";
import { Query as Treasury } from "#proto/gen/iterum/treasury.ts";
import { purse } from "#test/kit/game/money.ts";
import { modelOf } from "#test/kit/game/operator.ts";
import { playRound, playUntil } from "#test/kit/game/play.ts";
import { ask, refusesQuery } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const gameId = GAME_ID;
const nothing = { gameId: "chess" };
const ghost = { gameId, roundId: 9n };
const sdk = errorSet("sdk", {
  UnknownPath: [6, "unknown query path"],
  InvalidHeight: [26, "invalid height"],
  Panic: [111_222, "panic"],
});

test("what does not exist is an error of its own module", async () => {
  const { chain, operators, members } = stage();
  await chain.until(1n);
  const [olga] = operators;
  const [ann] = members;
  assert.ok(olga && ann);
  const operator = olga.who.address;
  const round = { gameId, roundId: 1n };
  refusesQuery(chain, Auth.account, { address: moduleAddress("nobody") }, authErrors.NoAccount);
  refusesQuery(chain, Auth.account, { address: "nobody" }, authErrors.NoAccount);
  refusesQuery(chain, Bank.balance, { address: "nobody", denom: DENOM }, bankErrors.BadAddress);
  refusesQuery(chain, Bank.denomMetadata, { denom: "gold" }, bankErrors.NoDenom);
  refusesQuery(chain, Community.member, { gameId, address: operator }, communityErrors.NotMember);
  refusesQuery(chain, Community.member, { gameId, address: "nobody" }, communityErrors.NotMember);
  refusesQuery(chain, Treasury.budget, nothing, treasuryErrors.NoBudget);
  refusesQuery(chain, Rounds.round, ghost, roundsErrors.NoRound);
  refusesQuery(chain, Rounds.round, { ...nothing, roundId: 1n }, roundsErrors.NoGame);
  refusesQuery(chain, Elections.election, nothing, electionsErrors.NoElection);
  refusesQuery(chain, Proofs.audit, nothing, proofsErrors.NoAudit);
  refusesQuery(chain, Proofs.due, { ...round, operator }, proofsErrors.NotDue);
  refusesQuery(chain, Commitments.dataRule, nothing, commitmentsErrors.NoRule);
  refusesQuery(chain, Commitments.model, { modelId: modelOf(olga) }, commitmentsErrors.NoModel);
  refusesQuery(chain, Commitments.model, { modelId: new Uint8Array(3) }, commitmentsErrors.NoModel);
  refusesQuery(chain, Commitments.items, round, commitmentsErrors.NoItems);
  refusesQuery(chain, Rewards.rewardRule, nothing, rewardsErrors.NoRule);
  refusesQuery(chain, Markets.marketRule, nothing, marketsErrors.NoRule);
  refusesQuery(chain, Markets.market, ghost, marketsErrors.NoMarket);
  refusesQuery(chain, Markets.outcome, round, marketsErrors.NoOutcome);
});

test("hostile queries are errors and stop nothing", async () => {
  const { chain } = stage();
  await chain.until(1n);
  const request = (path: string, data: Uint8Array, height = 0n) => chain.app.query({ path, data, height });
  const unknown = request("/iterum.games.v1.Query/All", new Uint8Array(0));
  assert.deepEqual([unknown.codespace, unknown.code], ["sdk", sdk.UnknownPath.code]);
  const past = request(Rounds.games.path, new Uint8Array(0), 7n);
  assert.deepEqual([past.codespace, past.code], ["sdk", sdk.InvalidHeight.code]);
  const garbled = request(Rounds.round.path, Uint8Array.of(0xff, 0xff));
  assert.notEqual(garbled.code, 0);
  const long = { gameId: "x".repeat(10_000) };
  for (const rpc of [Treasury.budget, Elections.election, Markets.marketRule, Rewards.rewardRule])
    assert.throws(() => ask(chain, rpc as typeof Treasury.budget, long), /longer than 255 bytes/);
  refusesQuery(chain, Proofs.due, { ...ghost, operator: "nobody" }, proofsErrors.NotDue);
  assert.equal(chain.height(), 1n);
});

test("accounts and coins are told as wallets expect", async () => {
  const { chain, members } = stage();
  await chain.until(1n);
  const [ann] = members;
  assert.ok(ann);
  const { address } = ann.who;
  const { account } = ask(chain, Auth.account, { address });
  assert.equal(BaseAccount.decode(account?.value ?? new Uint8Array(0)).address, address);
  const { account: fees } = ask(chain, Auth.moduleAccountByName, { name: "fees" });
  assert.equal(ModuleAccount.decode(fees?.value ?? new Uint8Array(0)).name, "fees");
  assert.equal(ask(chain, Auth.accountInfo, { address }).info?.sequence, 0n);
  assert.equal(ask(chain, Auth.bech32Prefix, {}).bech32Prefix, "iterum");
  assert.ok(ask(chain, Auth.accounts, {}).accounts.length >= 8);
  const modules = ask(chain, Auth.moduleAccounts, {}).accounts.map(
    ({ value }) => ModuleAccount.decode(value).name,
  );
  const stake = ["bonded_tokens_pool", "not_bonded_tokens_pool", "distribution"];
  const owners = [...stake, "community", "elections", "fees", "gov", "markets", "treasury", "vesting"].sort();
  assert.deepEqual(modules.toSorted(), owners);
  assert.equal(ask(chain, Auth.params, {}).params?.txSigLimit, 7n);
  assert.equal(ask(chain, Params.params, {}).params?.feeDenom, DENOM);
  const held = purse(chain, ann.who);
  assert.deepEqual(ask(chain, Bank.allBalances, { address }).balances, [{ denom: DENOM, amount: held }]);
  assert.deepEqual(ask(chain, Bank.spendableBalances, { address }).balances, [
    { denom: DENOM, amount: held },
  ]);
  assert.equal(ask(chain, Bank.balance, { address, denom: DENOM }).balance?.amount, held);
  assert.equal(ask(chain, Bank.spendableBalanceByDenom, { address, denom: "gold" }).balance?.amount, 0n);
  const total = 8n * 10_000n * TOKEN + 100_000n * TOKEN;
  assert.deepEqual(ask(chain, Bank.totalSupply, {}).supply, [{ denom: DENOM, amount: total }]);
  assert.equal(ask(chain, Bank.supplyOf, { denom: DENOM }).amount?.amount, total);
  assert.equal(ask(chain, Bank.denomMetadata, { denom: DENOM }).metadata?.display, "iter");
  assert.equal(ask(chain, Bank.denomsMetadata, {}).metadatas.length, 1);
  assert.equal(ask(chain, Bank.params, {}).params?.defaultSendEnabled, true);
});

test("a game and its rounds are told from rule to outcome", async () => {
  const world = stage();
  const { chain, operators } = world;
  const [olga] = operators;
  assert.ok(olga);
  const round = { gameId, roundId: 1n };
  assert.equal(ask(chain, Rounds.games, {}).games[0]?.gameId, gameId);
  assert.equal(ask(chain, Community.members, { gameId }).members.length, 5);
  assert.equal(ask(chain, Elections.election, { gameId }).election?.committee, 3);
  assert.equal(ask(chain, Rewards.rewardRule, { gameId }).rule?.builtin, "logloss/1");
  assert.equal(ask(chain, Commitments.dataRule, { gameId }).rule?.setItemsMax, 64);
  assert.equal(ask(chain, Markets.marketRule, { gameId }).rule?.kind, "model-lmsr/1");
  const { templates, setup } = ask(chain, Proofs.templates, {});
  const id = templateId(olga.template);
  assert.deepEqual([templates.length, setup?.insecure], [1, true]);
  assert.deepEqual(ask(chain, Proofs.audit, { gameId }).audit?.templateIds, [id]);
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  assert.equal(ask(chain, Rounds.round, round).round?.phase, Phase.PHASE_PREDICT);
  assert.equal(ask(chain, Elections.committee, round).seats.length, 5);
  assert.equal(ask(chain, Commitments.model, { modelId: modelOf(olga) }).model?.owner, olga.who.address);
  assert.equal(ask(chain, Commitments.commitments, round).commitments.length, 5);
  assert.equal(ask(chain, Commitments.sets, round).sets.length, 3);
  assert.equal(ask(chain, Commitments.items, round).list?.items.length, 12);
  assert.equal(ask(chain, Markets.orders, round).orders.length, 3);
  assert.equal(ask(chain, Markets.market, round).market?.settled, false);
  await playRound(world, 1n);
  assert.equal(ask(chain, Markets.outcome, round).outcome?.results.length, 3);
  assert.equal(ask(chain, Markets.market, round).market?.vault, 0n);
  assert.equal(ask(chain, Treasury.budget, { gameId }).budget?.denom, DENOM);
});
