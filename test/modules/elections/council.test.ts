import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { list } from "#modules/community/listing.ts";
import { removeMembers } from "#modules/community/remove-members.ts";
import { setSnapshot } from "#modules/community/set-snapshot.ts";
import { members, rules } from "#modules/community/state.ts";
import { clearTerms, nominees, restoreVote, talliesHold, voteCouncil } from "#modules/elections/council.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { councilVotes, endedTerms, standings, tallies } from "#modules/elections/state.ts";
import {
  GenesisState as Community,
  MsgRemoveMembers,
  MsgStake,
  MsgUnstake,
  Rule,
} from "#proto/gen/iterum/community.ts";
import { GenesisState as Elections, MsgVoteCouncil, Query } from "#proto/gen/iterum/elections.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { binding, type Person, people } from "#test/kit/accounts.ts";
import { bareState } from "#test/kit/bare.ts";
import { newChain, say, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { bindEthereum } from "#test/kit/game/say.ts";
import { CHAIN_ID, DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { changed, refusesGenesis } from "../genesis-kit.ts";

const gameId = GAME_ID;
const cast = people("ann", "ben", "cat", "dan");
const [ann, ben, cat] = cast as [Person, Person, Person];

const vote = (voter: Person, nominee: Person) =>
  say(MsgVoteCouncil, { voter: voter.address, gameId, nominee: nominee.address });
const votesOf = (chain: TestChain) =>
  ask(chain, Query.council, { gameId }).nominees.map(({ nominee, votes }) => [nominee, votes]);

/** Lists somebody with a bound Ethereum account, or gives it another weight. */
function enlist(ctx: WriteCtx, { address, ethereumAddress }: Person, weight: bigint): void {
  list(ctx, gameId, [{ address, weight }]);
  const entry = members.get(ctx, [gameId, address]);
  assert.ok(entry);
  members.set(ctx, [gameId, address], { ...entry, ethereumAddress });
}

type Deed =
  | { readonly kind: "vote"; readonly who: number; readonly nominee: number }
  | { readonly kind: "weigh"; readonly who: number; readonly weight: bigint }
  | { readonly kind: "remove"; readonly who: number };

const someone = fc.nat({ max: cast.length - 1 });
const deeds = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("vote" as const), who: someone, nominee: someone }),
    fc.record({ kind: fc.constant("weigh" as const), who: someone, weight: fc.bigInt(1n, 9n) }),
    fc.record({ kind: fc.constant("remove" as const), who: someone }),
  ),
  { maxLength: 40 },
);

/** What the council should have: who weighs what, and whose vote stands for whom with what weight. */
interface Model {
  readonly weights: Map<number, bigint>;
  readonly votes: Map<number, { readonly nominee: number; readonly weight: bigint }>;
}

function act(ctx: WriteCtx, { weights, votes }: Model, deed: Deed): void {
  const who = cast[deed.who] as Person;
  const weight = weights.get(deed.who);
  if (deed.kind === "weigh") {
    enlist(ctx, who, deed.weight);
    weights.set(deed.who, deed.weight);
    const own = votes.get(deed.who);
    if (own && own.weight > deed.weight) votes.set(deed.who, { ...own, weight: deed.weight });
  } else if (weight === undefined) return;
  else if (deed.kind === "remove") {
    removeMembers.run(ctx, { authority, gameId, addresses: [who.address] });
    weights.delete(deed.who);
    votes.delete(deed.who);
  } else if (weights.has(deed.nominee)) {
    const nominee = (cast[deed.nominee] as Person).address;
    voteCouncil.run(ctx, { voter: who.address, gameId, nominee });
    votes.set(deed.who, { nominee: deed.nominee, weight });
  }
}

test("tallies are the votes of those who are members, whatever they and the community do", () => {
  fc.assert(
    fc.property(deeds, (list) => {
      const ctx = bareState({ members: [], others: [], treasury: 0n }).next();
      const model: Model = { weights: new Map(), votes: new Map() };
      for (const deed of list) {
        act(ctx, model, deed);
        const sums = new Map<string, bigint>();
        for (const { nominee, weight } of model.votes.values()) {
          const { address } = cast[nominee] as Person;
          sums.set(address, (sums.get(address) ?? 0n) + weight);
        }
        assert.deepEqual(new Map([...nominees(ctx, gameId)].map((each) => [each.nominee, each.votes])), sums);
        assert.ok(talliesHold.holds(ctx));
      }
    }),
    { numRuns: 60 },
  );
});

test("a member that is taken off the list takes its vote along", async () => {
  const chain = newChain({ members: [ann, ben, cat], others: [] });
  await chain.until(1n);
  await says(chain, ann, vote(ann, cat));
  await says(chain, ben, vote(ben, cat));
  assert.deepEqual(votesOf(chain), [[cat.address, 2n]]);
  const removal = say(MsgRemoveMembers, { authority, gameId, addresses: [ben.address] });
  const { status } = await decides(chain, [ann, ben, cat], [removal]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  assert.deepEqual(votesOf(chain), [[cat.address, 1n]]);
});

test("who takes a part of its coins back votes with the rest, and who takes all with nothing", async () => {
  const rule = {
    ...Rule.zero(),
    ...{ gameId, kind: "holders/1", denom: DENOM, threshold: 100n, ageRounds: 2 },
    ...{ weighting: "stake/1", stakeCap: 1_000n },
  };
  const alter = altered("community", Community, (state) => ({ ...state, rules: [rule] }));
  const chain = newChain({ members: [], others: [ann, ben], alter });
  const stake = (who: Person) => say(MsgStake, { member: who.address, gameId, amount: 500n });
  const joins = (who: Person) =>
    [who, stake(who), bindEthereum(who, binding(who, CHAIN_ID, gameId))] as const;
  for (const { code, log } of await chain.block(joins(ann), joins(ben)))
    assert.deepEqual([code, log], [0, ""]);
  await says(chain, ann, vote(ann, ben));
  assert.deepEqual(votesOf(chain), [[ben.address, 500n]]);
  const unstake = (amount: bigint) => say(MsgUnstake, { member: ann.address, gameId, amount });
  await says(chain, ann, unstake(200n));
  assert.deepEqual(votesOf(chain), [[ben.address, 300n]]);
  await says(chain, ann, unstake(300n));
  assert.deepEqual(votesOf(chain), []);
});

test("under a new snapshot no vote counts at once, and all their rows are cleared piece by piece", () => {
  const ctx = bareState({ members: [], others: [], treasury: 0n }).next();
  const voters = Array.from({ length: 700 }, (_, i) => moduleAddress(`voter ${i}`));
  list(
    ctx,
    gameId,
    voters.slice(0, 500).map((address) => ({ address, weight: 2n })),
  );
  list(
    ctx,
    gameId,
    voters.slice(500).map((address) => ({ address, weight: 2n })),
  );
  for (const [i, voter] of voters.entries())
    restoreVote(ctx, gameId, { voter, nominee: voters[i % 7] as string, weight: 1n });
  assert.deepEqual(
    [...nominees(ctx, gameId)].map(({ votes }) => votes),
    Array.from({ length: 7 }, () => 100n),
  );
  const snapshot = { root: new Uint8Array(32).fill(1), leaves: 1 };
  rules.set(ctx, gameId, {
    ...Rule.zero(),
    ...{ gameId, kind: "snapshot/1", weighting: "stake/1", stakeCap: 9n, ageRounds: 2, snapshot },
  });
  setSnapshot.run(ctx, { authority, gameId, snapshot: { ...snapshot, leaves: 2 } });
  assert.deepEqual([...nominees(ctx, gameId)], []);
  assert.ok(talliesHold.holds(ctx));
  const rows = () =>
    [councilVotes, tallies, standings, endedTerms].map((table) => [...table.all(ctx)].length);
  assert.deepEqual(rows(), [700, 7, 7, 1]);
  clearTerms(ctx);
  assert.deepEqual(rows(), [200, 7, 7, 1]);
  clearTerms(ctx);
  assert.deepEqual(rows(), [0, 0, 0, 0]);
});

test("an import has the votes that count; of nobody, too heavy or second ones are refused", async () => {
  const choice = { members: [ann, ben], others: [] };
  const chain = newChain(choice);
  await chain.until(1n);
  await says(chain, ann, vote(ann, ben));
  const again = newChain({ ...choice, alter: () => chain.app.dump() });
  assert.deepEqual(votesOf(again), [[ben.address, 1n]]);
  const one = { voter: ann.address, nominee: ben.address, weight: 1n };
  const bad = [
    [{ ...one, voter: cat.address }],
    [{ ...one, weight: 2n }],
    [{ ...one, weight: 0n }],
    [{ ...one, nominee: "ben" }],
    [one, { ...one, nominee: ann.address }],
  ];
  for (const votes of bad)
    refusesGenesis(
      electionsErrors.BadGenesis,
      changed(
        "elections",
        Elections,
      )(() => ({ councilVotes: votes.map((each) => ({ gameId, vote: each })) })),
    );
});
