import assert from "node:assert/strict";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import * as rounds from "#modules/rounds/api.ts";
import { MsgCancelUpgrade, MsgSoftwareUpgrade } from "#proto/gen/cosmos/upgrade.ts";
import { MsgAddMembers, MsgFoundCommunity, MsgRemoveMembers, Rule } from "#proto/gen/iterum/community.ts";
import { MsgCreateGame, MsgUpdateGameParams } from "#proto/gen/iterum/games.ts";
import { Query as Gov, MsgUpdateParams, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { MsgApproveTemplate } from "#proto/gen/iterum/proofs.ts";
import { MsgSetRewardFunction, type Program, RewardRule } from "#proto/gen/iterum/rewards.ts";
import { MsgDonate, MsgOpenBudget, MsgPayout, MsgSetPlan } from "#proto/gen/iterum/treasury.ts";
import { MsgSetRule } from "#proto/gen/iterum/vesting.ts";
import { binding, type Person, people } from "#test/kit/accounts.ts";
import { newChain, type Said, say, type TestChain } from "#test/kit/chain.ts";
import { editions, UPGRADE, underFirstRules } from "#test/kit/editions.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { member } from "#test/kit/game/member.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playRound, type World, world } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { bindEthereum } from "#test/kit/game/say.ts";
import { brisk, wordCounter } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { rulesOf } from "../../modules/games/kit.ts";
import type { Chapter } from "./chapter.ts";

const gameId = GAME_ID;
const voters = people("ann", "ben", "cat", "dan", "eve");
const [ann, ben, cat, dan, eve] = voters as readonly Person[] as [Person, Person, Person, Person, Person];
const [fay] = people("fay") as [Person];
const LENGTHS = { ...brisk, open: 20 };

/** A game of five members and three operators under the first rules, by a program that knows what follows. */
function begin(): World {
  const template = unprovableTemplate();
  const operators = ["olga", "otto", "ora"].map((name, i) => operator(name, template, wordCounter(2 + i)));
  const others = [...operators.map(({ who }) => who), fay];
  const choice = { members: voters, others, schedule: LENGTHS, alter: underFirstRules };
  const members = voters.map(({ name }) => member(name));
  return world(newChain(choice, { editions }), { members, operators, random: seeded("golden council") });
}

async function enacts(
  chain: TestChain,
  said: readonly Said[],
  who: readonly Person[] = voters,
  game = gameId,
) {
  const { status, reason } = await decides(chain, who, said, game);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED, reason);
}

const lastRound = (chain: TestChain): bigint => chain.read((ctx) => rounds.lastRoundId(ctx, gameId));

/** The game gets other rules for rounds to come. */
async function changeGame(chain: TestChain): Promise<void> {
  const choice = { committee: 4, itemsMax: 16, quorumSets: 3 };
  const { election } = rulesOf(choice);
  const fromRound = lastRound(chain) + 3n;
  const change = { ...MsgUpdateGameParams.zero(), authority, gameId, fromRound, election };
  await enacts(chain, [say(MsgUpdateGameParams, change)]);
  const program = builtinProgram("f1/1", "own") as Program;
  const rule = { ...RewardRule.zero(), gameId, agree: "own", program, fromRound: lastRound(chain) + 3n };
  await enacts(chain, [say(MsgSetRewardFunction, { authority, rule })]);
  const held = { gameId, rounds: 3, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 };
  await enacts(chain, [say(MsgSetRule, { authority, rule: held })]);
}

/** The council starts another game with its community, which then decides on its own budget. */
async function startGame(chain: TestChain): Promise<void> {
  const name = "ham";
  const { game, ...rules } = rulesOf({ gameId: name, schedule: LENGTHS });
  const startHeight = chain.height() + 20n;
  const rule = { ...Rule.zero(), gameId: name, kind: "listed/1", weighting: "one/1", ageRounds: 2 };
  const members = [dan, eve].map(({ address }) => ({ address, weight: 1n }));
  await enacts(chain, [
    say(MsgCreateGame, { ...MsgCreateGame.zero(), authority, game: { ...game, startHeight }, ...rules }),
    say(MsgOpenBudget, { authority, gameId: name }),
    say(MsgFoundCommunity, { authority, rule, members }),
  ]);
  await says(chain, ann, say(MsgDonate, { sender: ann.address, gameId: name, amount: 2_000n * TOKEN }));
  await chain.until(startHeight + 1n);
  const payout = { authority, gameId: name, to: ben.address, amount: TOKEN, purpose: "hall" };
  await enacts(chain, [say(MsgPayout, payout)], [dan, eve], name);
}

/** Members come and go, and the council approves a circuit and changes how it votes. */
async function govern(chain: TestChain): Promise<void> {
  const plan = { gameId, price: TOKEN, periodBlocks: 5, feeSharePpm: 100_001 };
  await enacts(chain, [say(MsgSetPlan, { authority, plan })]);
  await enacts(chain, [
    say(MsgAddMembers, { authority, gameId, members: [{ address: fay.address, weight: 3n }] }),
    say(MsgRemoveMembers, { authority, gameId, addresses: [cat.address] }),
  ]);
  await says(chain, fay, bindEthereum(fay, binding(fay, CHAIN_ID, gameId)));
  await enacts(
    chain,
    [say(MsgApproveTemplate, { authority, template: unprovableTemplate("mlp-64-4") })],
    left,
  );
  const { params } = ask(chain, Gov.params, {});
  assert.ok(params);
  await enacts(chain, [say(MsgUpdateParams, { authority, params: { ...params, votingBlocks: 4 } })], left);
}

/** Those who are members once Cat is none. */
const left = voters.filter((who) => who !== cat);

const upgradeTo = (name: string, height: bigint): Said =>
  say(MsgSoftwareUpgrade, { authority, plan: { name, height, info: "see the notes", time: undefined } });

async function work(): Promise<void> {
  const stage = begin();
  const { chain } = stage;
  await playRound(stage, 1n);
  await changeGame(chain);
  await startGame(chain);
  await playRound(stage, lastRound(chain) + 1n);
  await govern(chain);
  await enacts(chain, [upgradeTo("other", 10_000n)], left);
  await enacts(chain, [say(MsgCancelUpgrade, { authority })], left);
  const height = chain.height() + 20n;
  await enacts(chain, [upgradeTo(UPGRADE, height)], left);
  await chain.until(height);
  await playRound(stage, lastRound(chain) + 1n);
  // Both games go on, with nobody in them.
  await chain.until(chain.height() + 700n);
}

/** All that governance alone decides, and rules that follow others. */
export const councilChapters: readonly Chapter[] = [{ name: "council", work, rules: "upgraded" }];
