import assert from "node:assert/strict";
import { test } from "node:test";
import { spacesOf } from "#chain/app/modules.ts";
import type { AppOptions } from "#chain/app/types.ts";
import { UpgradeNeeded } from "#chain/app/upgrade.ts";
import { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { fromJson } from "#chain/proto/json.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { errors } from "#modules/upgrade/errors.ts";
import { MsgCancelUpgrade, MsgSoftwareUpgrade, type Plan, Query } from "#proto/gen/cosmos/upgrade.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { Applied, Query as OwnQuery, GenesisState as Upgrade } from "#proto/gen/iterum/upgrade.ts";
import { people } from "#test/kit/accounts.ts";
import { newChain, noProofs, START_MS, say, type TestChain } from "#test/kit/chain.ts";
import { editions, second, UPGRADE, underFirstRules } from "#test/kit/editions.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { ask, refuses, refusesQuery } from "#test/kit/game/refuse.ts";
import { CHAIN_ID } from "#test/kit/genesis.ts";
import { signatures } from "#test/kit/verifier.ts";
import { refusesGenesis } from "../genesis-kit.ts";

const members = people("ann", "ben", "cat");
const [ann] = members;
assert.ok(ann);

const planOf = (change: Partial<Plan> = {}): Plan => ({
  ...{ name: UPGRADE, height: 20n, info: "see the notes" },
  time: undefined,
  ...change,
});
const upgradeTo = (change: Partial<Plan> = {}) =>
  say(MsgSoftwareUpgrade, { authority, plan: planOf(change) });
const cancel = say(MsgCancelUpgrade, { authority });

const chainOf = (options: Partial<Pick<AppOptions, "editions">> = {}): TestChain =>
  newChain({ members, others: [], alter: underFirstRules }, options);

/** A chain on which the upgrade is planned for height 20. */
async function planned(options: Partial<Pick<AppOptions, "editions">> = {}): Promise<TestChain> {
  const chain = chainOf(options);
  const proposal = await decides(chain, members, [upgradeTo()]);
  assert.equal(proposal.status, ProposalStatus.PROPOSAL_STATUS_ENACTED, proposal.reason);
  assert.ok(chain.height() < 18n);
  return chain;
}

test("a council plans an upgrade, replaces the plan and cancels it", async () => {
  const chain = await planned();
  assert.deepEqual(ask(chain, Query.currentPlan, {}).plan, planOf());
  await decides(chain, members, [upgradeTo({ name: "other", height: 90n })]);
  assert.equal(ask(chain, Query.currentPlan, {}).plan?.name, "other");
  await decides(chain, members, [cancel]);
  assert.equal(ask(chain, Query.currentPlan, {}).plan, undefined);
  const { status, reason } = await decides(chain, members, [cancel]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_FAILED);
  assert.match(reason, new RegExp(`^upgrade ${errors.NoPlan.code}: `));
});

test("what is no plan is refused when it is proposed, and a past height when it is enacted", async () => {
  const chain = chainOf();
  const bad: readonly Partial<Plan>[] = [
    { name: "" },
    { name: "two words" },
    { height: 0n },
    { height: -1n },
    { height: 1n << 40n },
    { info: "x".repeat(4_097) },
  ];
  await refuses(
    chain,
    ...bad.map((change) => [ann, errors.BadPlan, propose(ann, [upgradeTo(change)])] as const),
    [ann, errors.BadPlan, propose(ann, [say(MsgSoftwareUpgrade, { authority, plan: undefined })])],
  );
  const { reason } = await decides(chain, members, [upgradeTo({ height: 2n })]);
  assert.match(reason, new RegExp(`^upgrade ${errors.BadPlan.code}: `));
});

test("a program that knows both rules runs through the upgrade, on every node alike", async () => {
  const chain = await planned({ editions });
  await chain.until(19n);
  assert.equal(chain.app.appVersion(), 1n);
  const { appVersion, events } = await chain.rawBlock([]);
  assert.equal(appVersion, 2n);
  assert.equal(events[0]?.type, "iterum.upgrade.v1.EventUpgraded");
  assert.equal(chain.app.appVersion(), 2n);
  await chain.block([ann, propose(ann, [upgradeTo({ name: "third", height: 99n })])]);
  const { bank, count, upgrade = {} } = chain.app.dump();
  assert.match(JSON.stringify(bank), /After the upgrade/);
  assert.deepEqual(fromJson(Applied, count ?? {}), { name: "blocks", height: 2n });
  const state = fromJson(Upgrade, upgrade);
  assert.deepEqual([state.edition, state.plan], [UPGRADE, undefined]);
  assert.deepEqual(state.applied, [{ name: UPGRADE, height: 20n }]);
  assert.deepEqual(ask(chain, OwnQuery.edition, {}), { edition: UPGRADE, applied: state.applied });
  assert.equal(ask(chain, Query.appliedPlan, { name: UPGRADE }).height, 20n);
  assert.equal(ask(chain, Query.authority, {}).address, authority);
  const versions = new Map(state.moduleVersions.map(({ name, version }) => [name, version]));
  assert.deepEqual([versions.get("bank"), versions.get("count"), versions.get("gov")], [2n, 1n, 1n]);
  const asked = ask(chain, Query.moduleVersions, { moduleName: "bank" }).moduleVersions;
  assert.deepEqual(asked, [{ name: "bank", version: 2n }]);
  refusesQuery(chain, Query.moduleVersions, { moduleName: "chess" }, errors.NoModule);
  const { reason } = await decides(chain, members, [upgradeTo({ height: 99n })]);
  assert.match(reason, new RegExp(`^upgrade ${errors.WasApplied.code}: `));
});

/** A second program over a copy of a chain's state, as another binary on the same disk. */
async function copyOf(chain: TestChain, known: AppOptions["editions"]): Promise<App> {
  const store = memoryStore({ spaces: spacesOf(editions) });
  const app = new App({ store, proofs: noProofs, signatures, ...(known && { editions: known }) });
  const initialHeight = chain.height() + 1n;
  app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight, appState: chain.app.dump() });
  return app;
}

test("a program that does not know the upgrade stops before its block, and can still be read", async () => {
  const chain = await planned();
  await chain.until(18n);
  await chain.rawBlock([]);
  const needed = { name: "UpgradeNeeded", message: /^upgrade "words" at height 20 needs .*: see the notes$/ };
  const before = toHex(chain.app.info().appHash);
  await assert.rejects(chain.rawBlock([]), needed);
  assert.throws(() => chain.app.eve(), needed);
  assert.deepEqual([chain.height(), toHex(chain.app.info().appHash)], [19n, before]);
  assert.equal(ask(chain, Query.currentPlan, {}).plan?.name, UPGRADE);
  assert.equal(fromJson(Upgrade, chain.app.dump()["upgrade"] ?? {}).plan?.name, UPGRADE);
  assert.equal((await copyOf(chain, editions)).eve().edition, second);
});

test("a program that is ahead of the chain, or behind it, says so at start", async () => {
  const chain = await planned({ editions });
  await assert.rejects(copyOf(chain, [second]), {
    name: UpgradeNeeded.name,
    message: /^genesis is under the first rules, but this program knows upgrade "words" only$/,
  });
  await chain.until(21n);
  await assert.rejects(copyOf(chain, undefined), { name: UpgradeNeeded.name });
});

test("a chain that begins with a program is under the latest of its rules", () => {
  const { app } = newChain(
    { members, others: [], alter: altered("count", Applied, () => ({ name: "blocks" })) },
    { editions },
  );
  assert.equal(app.appVersion(), 2n);
  const state = fromJson(Upgrade, app.dump()["upgrade"] ?? {});
  assert.deepEqual([state.edition, state.applied], [UPGRADE, []]);
});

test("genesis with versions, upgrades or a plan that cannot be is refused", () => {
  const is = (change: Partial<Upgrade>) => altered("upgrade", Upgrade, () => change);
  const bad: readonly Partial<Upgrade>[] = [
    { moduleVersions: [{ name: "bank", version: 1n }] },
    { moduleVersions: [{ name: "bank", version: 0n }] },
    { applied: [{ name: "x", height: 7n }] },
    { applied: [{ name: "x", height: 0n }] },
    { edition: "x" },
    { plan: planOf({ height: 0n }) },
  ];
  for (const change of bad.slice(0, 5)) refusesGenesis(errors.BadGenesis, is(change));
  refusesGenesis(errors.BadPlan, is(bad[5] ?? {}));
});
