import assert from "node:assert/strict";
import { test } from "node:test";
import { bindingStatement, signPersonal } from "#chain/protocol/eip191.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { ensureAge } from "#modules/community/rule.ts";
import * as rounds from "#modules/rounds/api.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import {
  GenesisState as Community,
  MsgAddMembers,
  MsgFoundCommunity,
  MsgRemoveMembers,
  MsgStake,
  Query,
  Rule,
} from "#proto/gen/iterum/community.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { binding, type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { unbound } from "#test/kit/game/alter.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { dataSet, examples } from "#test/kit/game/items.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask, refuses, says } from "#test/kit/game/refuse.ts";
import { bindEthereum, commitData } from "#test/kit/game/say.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID } from "#test/kit/genesis.ts";
import { changed, refusesGenesis, twice } from "../genesis-kit.ts";

const [ann, ben, cat, olga] = people("ann", "ben", "cat", "olga") as [Person, Person, Person, Person];
const gameId = GAME_ID;
const chainOf = () => newChain({ members: [ann, ben], others: [cat, olga] });
const add = (...listings: readonly (readonly [Person, bigint])[]) =>
  say(MsgAddMembers, {
    authority,
    gameId,
    members: listings.map(([{ address }, weight]) => ({ address, weight })),
  });
const remove = (...who: readonly Person[]) =>
  say(MsgRemoveMembers, { authority, gameId, addresses: who.map(({ address }) => address) });
const { PROPOSAL_STATUS_ENACTED: ENACTED, PROPOSAL_STATUS_FAILED: FAILED } = ProposalStatus;

test("a community adds members, changes their weights and removes them", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const total = () => {
    const { members, weight } = ask(chain, Query.rule, { gameId }).total ?? {};
    return [members, weight];
  };
  assert.equal((await decides(chain, [ann, ben], [add([cat, 3n])])).status, ENACTED);
  assert.deepEqual(total(), [3n, 5n]);
  assert.equal((await decides(chain, [ann, ben], [add([ben, 4n], [cat, 1n])])).status, ENACTED);
  assert.deepEqual(total(), [3n, 6n]);
  assert.equal((await decides(chain, [ann, ben], [remove(ben)])).status, ENACTED);
  assert.deepEqual(total(), [2n, 2n]);
  assert.deepEqual(
    ask(chain, Query.members, { gameId })
      .members.map(({ address }) => address)
      .sort(),
    [ann.address, cat.address].sort(),
  );
});

test("a new member makes data once it has been one for two rounds", async () => {
  const chain = newChain({ members: [ann, ben], others: [cat, olga], schedule: brisk });
  await chain.until(1n);
  await decides(chain, [ann, ben], [add([cat, 1n])]);
  await says(chain, cat, bindEthereum(cat, binding(cat, CHAIN_ID, gameId)));
  const commit = (roundId: bigint) => {
    const ref = { chainId: CHAIN_ID, gameId, roundId };
    return commitData(cat, roundId, dataSet(ref, examples(2, seeded("commit")), seeded("salts")));
  };
  const last = () => chain.read((ctx) => rounds.lastRoundId(ctx, gameId));
  const joined = last();
  while (last() < joined + 2n) await chain.block();
  const [early] = await chain.block([cat, commit(joined + 2n)]);
  assert.deepEqual([early?.codespace, early?.code], ["community", communityErrors.NoStanding().code]);
  const { weight, weightOfAge } = ask(chain, Query.standing, { gameId, address: cat.address });
  assert.deepEqual([weight, weightOfAge], [0n, 1n]);
  while (last() < joined + 3n) await chain.block();
  await says(chain, cat, commit(joined + 3n));
});

test("lists that are none, and changes of another kind of community, are refused", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const { BadListing, NotMember, WrongKind } = communityErrors;
  const many = say(MsgAddMembers, {
    authority,
    gameId,
    members: Array.from({ length: 501 }, () => ({ address: cat.address, weight: 1n })),
  });
  const nobody = say(MsgRemoveMembers, { authority, gameId, addresses: ["nobody"] });
  await refuses(
    chain,
    [ann, BadListing, propose(ann, [add()])],
    [ann, BadListing, propose(ann, [add([cat, 0n])])],
    [ann, BadListing, propose(ann, [add([cat, 1n], [cat, 2n])])],
    [ann, BadListing, propose(ann, [many])],
    [ann, BadListing, propose(ann, [remove()])],
    [ann, BadListing, propose(ann, [nobody])],
    [ann, WrongKind, say(MsgStake, { member: ann.address, gameId, amount: 1n })],
  );
  const { status, reason } = await decides(chain, [ann, ben], [remove(cat)]);
  assert.deepEqual([status, reason.startsWith(`community ${NotMember().code}`)], [FAILED, true]);
});

const rule = { ...Rule.zero(), gameId, kind: "listed/1", weighting: "one/1", ageRounds: 2 };
const found = (change: Partial<MsgFoundCommunity>) =>
  say(MsgFoundCommunity, { authority, rule, members: [], ...change });

test("a game has one community, and its rule is one that members can be counted by", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const { BadRule, BadListing, Founded } = communityErrors;
  const wrong = [
    { kind: "free/1" },
    { kind: "holders/1" },
    { kind: "holders/1", denom: "uiter" },
    { kind: "snapshot/1" },
    { kind: "snapshot/1", snapshot: { root: new Uint8Array(31), leaves: 1 } },
    { weighting: "two/1" },
    { stakeCap: 1n },
    { weighting: "stake/1" },
    { ageRounds: 1_001 },
  ];
  const holders = { ...rule, kind: "holders/1", denom: "uiter", threshold: 1n };
  const listed = { rule: holders, members: [{ address: cat.address, weight: 1n }] };
  await refuses(
    chain,
    [ann, BadRule, propose(ann, [found({ rule: undefined })])],
    ...wrong.map(
      (change) => [ann, BadRule, propose(ann, [found({ rule: { ...rule, ...change } })])] as const,
    ),
    [ann, BadListing, propose(ann, [found(listed)])],
  );
  const { status, reason } = await decides(chain, [ann, ben], [found({})]);
  assert.deepEqual([status, reason.startsWith(`community ${Founded().code}`)], [FAILED, true]);
});

test("outside development nobody counts before it has been a member for two rounds", () => {
  const refused = { code: communityErrors.BadRule().code };
  assert.throws(() => ensureAge({ ...rule, ageRounds: 1 }, false), refused);
  ensureAge({ ...rule, ageRounds: 2 }, false);
  ensureAge({ ...rule, ageRounds: 0 }, true);
});

test("an Ethereum account stands behind one member alone", async () => {
  const chain = newChain({ members: [ann, ben], others: [], alter: unbound(ben) });
  const signature = signPersonal(
    bindingStatement(CHAIN_ID, gameId, ben.address, ann.ethereumAddress),
    ann.ethereumKey,
  );
  const { ethereumAddress } = ann;
  await refuses(chain, [
    ben,
    communityErrors.EthereumTaken,
    bindEthereum(ben, signature, { ethereumAddress }),
  ]);
  await says(chain, ben, bindEthereum(ben, binding(ben, CHAIN_ID, gameId)));
});

test("rules and members that contradict each other are refused in genesis", () => {
  const community = changed("community", Community);
  const { BadGenesis, BadRule, EthereumTaken, WrongKind } = communityErrors;
  refusesGenesis(
    BadRule,
    community(() => ({ rules: [{ ...rule, kind: "free/1" }] })),
  );
  refusesGenesis(
    BadGenesis,
    community(() => ({ rules: twice([rule]) })),
  );
  refusesGenesis(
    roundsErrors.NoGame,
    community(() => ({ rules: [{ ...rule, gameId: "chess" }] })),
  );
  const stake = { gameId, member: ann.address, settled: 1n, fresh: 0n, freshHeight: 0n };
  refusesGenesis(
    WrongKind,
    community(() => ({ stakes: [stake] })),
  );
  const holders = { ...rule, kind: "holders/1", denom: "uiter", threshold: 1n };
  refusesGenesis(
    BadGenesis,
    community(() => ({ rules: [holders], stakes: [stake], members: [] })),
  );
  const claim = { gameId, member: ann.address, root: new Uint8Array(32) };
  refusesGenesis(
    WrongKind,
    community(() => ({ claims: [claim] })),
  );
  refusesGenesis(
    EthereumTaken,
    community(({ members }) => {
      const [one, two] = members;
      assert.ok(one && two);
      const bindingSignature = signPersonal(
        bindingStatement(CHAIN_ID, gameId, two.address, one.ethereumAddress),
        ann.ethereumKey,
      );
      return { members: [one, { ...two, ethereumAddress: one.ethereumAddress, bindingSignature }] };
    }),
  );
});
