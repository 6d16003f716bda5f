import assert from "node:assert/strict";
import { test } from "node:test";
import { merkleProof } from "#chain/merkle/rfc6962.ts";
import * as community from "#modules/community/api.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import {
  GenesisState as Community,
  MsgSetSnapshot,
  Query,
  Rule,
  type Snapshot,
} from "#proto/gen/iterum/community.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { binding, type Person, people } from "#test/kit/accounts.ts";
import { newChain, say, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { claim, type Holdings, leavesOf, snapshotOf } from "#test/kit/game/holders.ts";
import { ask, refuses, says } from "#test/kit/game/refuse.ts";
import { CHAIN_ID, GAME_ID } from "#test/kit/genesis.ts";

const [ann, ben, cat, olga] = people("ann", "ben", "cat", "olga") as [Person, Person, Person, Person];
const gameId = GAME_ID;

const first: Holdings = [
  [ann, 5n],
  [ben, 1n],
  [cat, 3n],
];

const rule = {
  ...Rule.zero(),
  ...{ gameId, kind: "snapshot/1", weighting: "stake/1", stakeCap: 4n, ageRounds: 2 },
  snapshot: snapshotOf(first),
};
const alter = altered("community", Community, (state) => ({ ...state, rules: [rule] }));
const chainOf = () => newChain({ members: [], others: [ann, ben, cat, olga], alter });

const weights = (chain: TestChain) =>
  [ann, ben, cat].map(({ address }) => ask(chain, Query.standing, { gameId, address }).weightOfAge);
const total = (chain: TestChain) => chain.read((ctx) => community.totalWeight(ctx, gameId));

test("holders on another chain claim their places with a proof and a signature", async () => {
  const chain = chainOf();
  await says(chain, ann, claim(ann, first));
  await says(chain, ben, claim(ben, first));
  assert.deepEqual([weights(chain), total(chain)], [[4n, 1n, 0n], 5n]);
  assert.ok(chain.read((ctx) => community.activeMember(ctx, gameId, ann.address)).weight === 4n);
});

test("a claim is refused twice, without its leaf or signature, and for another's account", async () => {
  const chain = chainOf();
  await says(chain, ann, claim(ann, first));
  const { AlreadyBound, AlreadyClaimed, BadBinding, BadProof, EthereumTaken } = communityErrors;
  const { ethereumAddress } = ann;
  const forBen = (other: Person) => ({
    ethereumAddress: other.ethereumAddress,
    signature: binding({ ...other, address: ben.address }, CHAIN_ID, gameId),
  });
  const aunts = merkleProof(leavesOf(first), 1);
  await refuses(
    chain,
    [ann, AlreadyClaimed, claim(ann, first)],
    [ben, BadProof, claim(ben, first, { weight: 2n })],
    [ben, BadProof, claim(ben, first, { weight: 0n })],
    [ben, BadProof, claim(ben, first, { leafIndex: 2 })],
    [ben, BadProof, claim(ben, first, { aunts: aunts.slice(1) })],
    [ben, BadBinding, claim(ben, first, { signature: binding(ben, "another-chain", gameId) })],
    [ben, BadBinding, claim(ben, first, { signature: new Uint8Array(64) })],
    [ben, BadProof, claim(ben, first, { ethereumAddress })],
    [ben, EthereumTaken, claim(ann, first, { member: ben.address, ...forBen(ann) })],
    [
      ann,
      AlreadyBound,
      claim(cat, first, {
        member: ann.address,
        signature: binding({ ...cat, address: ann.address }, CHAIN_ID, gameId),
      }),
    ],
  );
});

test("under a new snapshot everybody claims anew, and who does keeps its age", async () => {
  const chain = chainOf();
  await says(chain, ann, claim(ann, first));
  await says(chain, ben, claim(ben, first));
  await chain.until(2n);
  const joined = chain.read((ctx) => community.findMember(ctx, gameId, ann.address))?.joinedHeight;
  const second: Holdings = [
    [ann, 2n],
    [olga, 7n],
  ];
  const next = say(MsgSetSnapshot, { authority, gameId, snapshot: snapshotOf(second) });
  assert.equal((await decides(chain, [ann], [next])).status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  assert.deepEqual([weights(chain), total(chain)], [[0n, 0n, 0n], 0n]);
  const lost = { member: ben.address, gameId, ethereumAddress: ben.ethereumAddress };
  await refuses(chain, [ben, communityErrors.BadProof, claim(ben, first, lost)]);
  await says(chain, ann, claim(ann, second));
  await says(chain, olga, claim(olga, second));
  const found = chain.read((ctx) => community.findMember(ctx, gameId, ann.address));
  assert.deepEqual([found?.joinedHeight, found?.weight, total(chain)], [joined, 2n, 6n]);
});

test("a snapshot of nobody, or of a community of another kind, is refused", async () => {
  const chain = chainOf();
  await says(chain, ann, claim(ann, first));
  const set = (snapshot: Snapshot | undefined) => say(MsgSetSnapshot, { authority, gameId, snapshot });
  await refuses(chain, [ann, communityErrors.BadRule, propose(ann, [set(undefined)])]);
  const none = await decides(chain, [ann], [set({ root: new Uint8Array(32), leaves: 0 })]);
  assert.ok(none.reason.startsWith(`community ${communityErrors.BadRule().code}`));
  const listed = newChain({ members: [ann], others: [] });
  await listed.until(1n);
  const wrong = await decides(listed, [ann], [set(snapshotOf(first))]);
  assert.ok(wrong.reason.startsWith(`community ${communityErrors.WrongKind().code}`));
});

test("an import has every claim", async () => {
  const chain = chainOf();
  await says(chain, ann, claim(ann, first));
  const again = newChain({ members: [], others: [], alter: () => chain.app.dump() });
  assert.deepEqual([weights(again), total(again)], [[4n, 0n, 0n], 4n]);
  await refuses(again, [ann, communityErrors.AlreadyClaimed, claim(ann, first)]);
});
