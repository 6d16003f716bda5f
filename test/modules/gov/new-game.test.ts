import assert from "node:assert/strict";
import { test } from "node:test";
import { Query as Community, MsgFoundCommunity, Rule } from "#proto/gen/iterum/community.ts";
import { MsgCreateGame } from "#proto/gen/iterum/games.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { Phase, Query as Rounds } from "#proto/gen/iterum/rounds.ts";
import { MsgDonate, MsgOpenBudget, MsgPayout, Query as Treasury } from "#proto/gen/iterum/treasury.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { rulesOf } from "../games/kit.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];
const gameId = "ham";

test("one proposal makes a game with its budget and community, which then decides itself", async () => {
  const chain = newChain({ members: [ann], others: [ben, cat] });
  await chain.until(1n);
  const { game, ...rules } = rulesOf({ gameId });
  const create = { authority, game: { ...game, startHeight: 30n }, ...rules };
  const rule = { ...Rule.zero(), gameId, kind: "listed/1", weighting: "one/1", ageRounds: 2 };
  const members = [ben, cat].map(({ address }) => ({ address, weight: 1n }));
  const made = await decides(
    chain,
    [ann],
    [
      say(MsgCreateGame, { ...MsgCreateGame.zero(), ...create }),
      say(MsgOpenBudget, { authority, gameId }),
      say(MsgFoundCommunity, { authority, rule, members }),
    ],
  );
  assert.equal(made.status, ProposalStatus.PROPOSAL_STATUS_ENACTED, made.reason);
  const empty = { gameId, denom: DENOM, available: 0n };
  assert.deepEqual(ask(chain, Treasury.budget, { gameId }).budget, empty);
  assert.equal(ask(chain, Community.rule, { gameId }).total?.members, 2n);

  await says(chain, ann, say(MsgDonate, { sender: ann.address, gameId, amount: 2_000n * TOKEN }));
  await chain.until(31n);
  const { round } = ask(chain, Rounds.round, { gameId, roundId: 1n });
  assert.equal(round?.phase, Phase.PHASE_OPEN);
  assert.ok((ask(chain, Treasury.runway, { gameId }).ledger?.locked ?? 0n) > 0n);
  // Its own members decide on its budget, and those of the council's game do not.
  const payout = { authority, gameId, to: ben.address, amount: TOKEN, purpose: "" };
  const paid = await decides(chain, [ben, cat], [say(MsgPayout, payout)], gameId);
  assert.equal(paid.status, ProposalStatus.PROPOSAL_STATUS_ENACTED, paid.reason);
});
