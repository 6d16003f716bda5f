import assert from "node:assert/strict";
import { moduleAddress } from "#chain/protocol/address.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Community, MsgSetSnapshot, Rule } from "#proto/gen/iterum/community.ts";
import { MsgVoteCouncil } from "#proto/gen/iterum/elections.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { MsgClawback, MsgSuspect, Profit, GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { claim, type Holdings, snapshotOf } from "#test/kit/game/holders.ts";
import { says } from "#test/kit/game/refuse.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import type { Chapter } from "./chapter.ts";

const gameId = GAME_ID;
const [ann, ben, cat, olga] = people("ann", "ben", "cat", "olga") as [Person, Person, Person, Person];

/** Holders on another chain claim their places, vote another snapshot in, and claim anew. */
async function snapshot(): Promise<void> {
  const first: Holdings = [
    [ann, 5n],
    [ben, 1n],
    [cat, 3n],
  ];
  const second: Holdings = [
    [ann, 2n],
    [olga, 7n],
  ];
  const kind = { gameId, kind: "snapshot/1", weighting: "stake/1", stakeCap: 4n, ageRounds: 2 };
  const rule = { ...Rule.zero(), ...kind, snapshot: snapshotOf(first) };
  const alter = altered("community", Community, (state) => ({ ...state, rules: [rule] }));
  const chain = newChain({ members: [], others: [ann, ben, cat, olga], schedule: brisk, alter });
  const claims = await chain.block(...[ann, ben, cat].map((who) => [who, claim(who, first)] as const));
  for (const { code, log } of claims) assert.deepEqual([code, log], [0, ""]);
  await chain.block([ben, claim(ben, first)], [olga, claim(ann, first)]);
  const vote = { voter: ann.address, gameId, nominee: cat.address };
  await says(chain, ann, say(MsgVoteCouncil, vote));
  const next = say(MsgSetSnapshot, { authority, gameId, snapshot: snapshotOf(second) });
  const { status } = await decides(chain, [ann, cat], [next]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  for (const who of [ann, olga]) await says(chain, who, claim(who, second));
  await chain.until(50n);
}

/** Figures of three rounds in which Olga earned on Ann's items what nobody earns by skill. */
const figures = [ann, ...people("ben", "cat", "dan", "eve", "fay", "gus")].map(({ address }, i) => ({
  ...Profit.zero(),
  ...{ gameId, operator: olga.address, member: address, rounds: 3, lastRoundId: 3n },
  gained: i === 0 ? 90_000n : BigInt(1_000 + 30 * i),
}));

/** Profits are paid, held for a suspicion, paid on, held again and taken back by a vote. */
async function suspicion(): Promise<void> {
  const rule = { gameId, rounds: 4, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 1 };
  const vest = {
    gameId,
    operator: olga.address,
    roundId: 0n,
    total: 800n,
    left: 600n,
    partsLeft: 3,
    nextEnd: 1n,
  };
  const accused = altered("vesting", Vesting, (state) => ({
    ...state,
    rules: [rule],
    profits: figures,
    vests: [vest],
  }));
  const rich = altered("bank", Bank, (state) => ({
    ...state,
    balances: [...state.balances, { address: moduleAddress("vesting"), denom: DENOM, amount: 600n }],
  }));
  const chain = newChain({
    ...{ members: [ann], others: [olga], schedule: brisk },
    alter: (state) => rich(accused(state)),
  });
  await chain.until(1n);
  const parties = { gameId, operator: olga.address, member: ann.address };
  await says(chain, ann, say(MsgSuspect, { informer: ann.address, ...parties }));
  await chain.until(26n);
  const { status, reason } = await decides(chain, [ann], [say(MsgClawback, { authority, ...parties })]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED, reason);
  await chain.until(160n);
}

/** Communities of another chain's holders, and profits that are not paid yet. */
export const memberChapters: readonly Chapter[] = [
  { name: "snapshot", work: snapshot },
  { name: "suspicion", work: suspicion },
];
