import assert from "node:assert/strict";
import { test } from "node:test";
import { fromJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import type { ChainForkChoices } from "#cli/fork/choices.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Gov } from "#proto/gen/iterum/gov.ts";
import { Phase, GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { people, person } from "#test/kit/accounts.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { playUntil } from "#test/kit/game/play.ts";
import { stage } from "#test/kit/game/stage.ts";
import { CHAIN_ID, DENOM, TOKEN } from "#test/kit/genesis.ts";
import { severalGames } from "#test/kit/several.ts";
import { forked, runs } from "./kit.ts";

const members = people("ann", "ben", "cat");
const [ann, ben, cat] = members.map(({ address }) => address) as [string, string, string];
const zoe = person("zoe").address;

async function twoGames(): Promise<TestChain> {
  const choice = { members, others: [] };
  const alter = () => severalGames([choice, { ...choice, gameId: "mood" }]);
  const chain = newChain({ ...choice, alter });
  await chain.until(4n);
  return chain;
}

test("a fork keeps one of two games under another id, some members, and the budget it chooses", async () => {
  const chain = await twoGames();
  const fork = await forked(chain, {
    ...{ games: ["mood"], rename: new Map([["mood", "joy"]]), council: "joy" },
    ...{ dropMembers: [ben], addMembers: [zoe], treasury: new Map([["joy", 7n * TOKEN]]) },
  });
  const { appState } = fork.exported;
  assert.doesNotMatch(JSON.stringify(appState), /"(?:spam|mood)"/);
  const state = <T>(codec: { zero(): T } & Parameters<typeof fromJson<T>>[0], name: string): T =>
    fromJson(codec, appState[name] ?? {});
  assert.deepEqual(
    state(Community, "community")
      .members.map(({ gameId, address }) => `${gameId} ${address}`)
      .sort(),
    [ann, cat, zoe].map((address) => `joy ${address}`).sort(),
  );
  assert.deepEqual(state(Treasury, "treasury").budgets, [
    { gameId: "joy", denom: DENOM, available: 7n * TOKEN },
  ]);
  assert.deepEqual(
    state(Rounds, "rounds").games.map(({ gameId }) => gameId),
    ["joy"],
  );
  assert.equal(state(Gov, "gov").params?.councilGameId, "joy");
  const treasury = state(Bank, "bank").balances.find(({ address }) => address === moduleAddress("treasury"));
  assert.equal(treasury?.amount, 7n * TOKEN);
  const [supply] = fork.supply;
  assert.equal((supply?.before ?? 0n) - (supply?.after ?? 0n), 2n * 100_000n * TOKEN - 7n * TOKEN);
  const line = fork.report.find(({ what }) => what === "members");
  assert.deepEqual([line?.kept, line?.dropped], [3, 4]);
  await runs(fork, 4);
});

test("models stay with their templates, or are dropped", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  const models = async (choices: Partial<ChainForkChoices>): Promise<number> => {
    const { exported } = await forked(world.chain, choices);
    return fromJson(Commitments, exported.appState["commitments"] ?? {}).models.length;
  };
  assert.equal(await models({}), 3);
  assert.equal(await models({ dropModels: true }), 0);
});

test("choices that contradict the chain or each other are refused by name", async () => {
  const chain = await twoGames();
  const refusals: readonly (readonly [string, Partial<ChainForkChoices>, RegExp])[] = [
    ["--chain-id", { chainId: CHAIN_ID }, /the old chain has the id iterum-test already/],
    ["--chain-id", { chainId: "a b" }, /1 to 50 letters/],
    ["--games", { games: ["chess"] }, /there is no game chess: there are mood, spam/],
    ["--games", { games: [] }, /a chain without a game/],
    ["--rename", { rename: new Map([["chess", "go"]]) }, /chess is no game that is kept/],
    ["--rename", { rename: new Map([["mood", "spam"]]) }, /two games would have one id/],
    ["--rename", { rename: new Map([["mood", "A B"]]) }, /not an id of a game/],
    ["--members", { members: [zoe] }, /is no member of any game/],
    ["--members", { members: [] }, /nobody is left in the community of/],
    ["--drop-members", { dropMembers: [zoe] }, /is no member of any game/],
    ["--drop-members", { members: [ann], dropMembers: [ann] }, /is among the members that stay/],
    ["--add-members", { addMembers: ["zoe"] }, /not an address: zoe/],
    ["--add-members", { addMembers: [ben], dropMembers: [ben] }, /is dropped and added/],
    ["--treasury", { treasury: new Map([["chess", 1n]]) }, /there will be no game chess/],
    ["--council", { council: "chess" }, /there will be no game chess/],
    ["--council", { games: ["mood"] }, /the game of the council, spam, is dropped/],
    ["--drop-templates", { dropTemplates: ["nope"] }, /no template nope/],
    ["--drop-templates", { dropTemplates: ["lr-64"] }, /plays with lr-64/],
  ];
  for (const [choice, choices, why] of refusals)
    await assert.rejects(forked(chain, choices), (error: Error & { choice?: string }) => {
      assert.match(error.message, why);
      assert.equal(error.choice, choice);
      return true;
    });
});
