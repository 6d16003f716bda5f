import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import * as commitments from "#modules/commitments/api.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import * as elections from "#modules/elections/api.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { errors } from "#modules/games/errors.ts";
import * as markets from "#modules/markets/api.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as rewardsErrors } from "#modules/rewards/errors.ts";
import * as rounds from "#modules/rounds/api.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { MsgUpdateGameParams, Query } from "#proto/gen/iterum/games.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { say } from "#test/kit/chain.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { supply } from "#test/kit/game/money.ts";
import { playRound } from "#test/kit/game/play.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { roomy, stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { failsWith, opened, rulesOf, update } from "./kit.ts";

const at = (roundId: bigint) => ({ gameId: GAME_ID, roundId });
const { game, election, data, market, reward } = rulesOf();
const { schedule } = game;
const [lmsr] = [market.modelLmsr];

test("a change holds from its round on, and rounds before it keep their rules", async () => {
  const ctx = await opened();
  const larger = { ...election, committee: 4, itemsMax: 16 };
  assert.equal(update(ctx, { election: larger, fromRound: 3n }), undefined);
  assert.equal(update(ctx, { election: { ...larger, alternates: 7 }, fromRound: 5n }), undefined);
  const found = [1n, 2n, 3n, 4n, 5n, 99n].map((roundId) => {
    const { committee, alternates } = elections.electionOf(ctx, at(roundId));
    return [committee, alternates];
  });
  assert.deepEqual(found, [
    [3, 2],
    [3, 2],
    [4, 2],
    [4, 2],
    [4, 7],
    [4, 7],
  ]);
  assert.equal(update(ctx, { data: { ...data, setItemsMax: 9 }, fromRound: 4n }), undefined);
  assert.deepEqual(
    [3n, 4n].map((roundId) => commitments.dataRule(ctx, at(roundId)).setItemsMax),
    [64, 9],
  );
  assert.equal(update(ctx, { market: { ...market, operatorBond: 7n * TOKEN }, fromRound: 2n }), undefined);
  assert.deepEqual(
    [1n, 2n].map((roundId) => markets.ruleOf(ctx, at(roundId)).operatorBond),
    [100n * TOKEN, 7n * TOKEN],
  );
});

test("a panel comes with time to label, an election that draws it and a rule that counts it", async () => {
  const ctx = await opened();
  const panelled = rulesOf({ panel: 2, committee: 4, itemsMax: 16 });
  const parts = { schedule: panelled.game.schedule, election: panelled.election, reward: panelled.reward };
  const { BadElection } = electionsErrors;
  failsWith(BadElection, update(ctx, { ...parts, schedule }));
  failsWith(BadElection, update(ctx, { schedule: parts.schedule }));
  failsWith(rewardsErrors.BadRule, update(ctx, { ...parts, reward }));
  failsWith(rewardsErrors.BadRule, update(ctx, { schedule: parts.schedule, election: parts.election }));
  assert.equal(update(ctx, parts), undefined);
  assert.deepEqual(
    [2n, 3n].map((roundId) => rounds.scheduleOf(ctx, at(roundId)).label),
    [0, 2],
  );
});

test("rules that do not fit together are refused, in their round or in a later one", async () => {
  const ctx = await opened();
  assert.ok(schedule && lmsr);
  const { BadRule } = marketsErrors;
  const three = { ...lmsr, classes: 3, priorPpm: [400_000, 300_000, 300_000] };
  failsWith(BadRule, update(ctx, { schedule: { ...schedule, settle: 2 } }));
  failsWith(BadRule, update(ctx, { election: { ...election, memberBond: TOKEN } }));
  failsWith(BadRule, update(ctx, { market: { ...market, modelLmsr: three } }));
  failsWith(
    kindErrors.ParamsRefused,
    update(ctx, { market: { ...market, modelLmsr: { ...lmsr, slices: 9 } } }),
  );
  const buckets = { kind: "hash/1", tokens: [], buckets: 64, size: 0, decimals: 0, bits: 0 };
  failsWith(commitmentsErrors.BadGenesis, update(ctx, { data: { ...data, featurizer: buckets } }));
  // Round 2, of a long tail, must be over before round 3 closes.
  const { BadGame } = roundsErrors;
  const quick = { ...schedule, open: 37 };
  const slow = { ...schedule, open: 60, prove: 26 };
  assert.equal(update(ctx, { schedule: slow, fromRound: 2n }), undefined);
  failsWith(BadGame, update(ctx, { schedule: quick, fromRound: 3n }));
  assert.deepEqual(rounds.scheduleOf(ctx, at(3n)), slow);
  // What comes later must fit what is changed before it.
  const four = { ...election, committee: 4, itemsMax: 16, memberBond: 250n * TOKEN };
  assert.equal(update(ctx, { election: four, fromRound: 5n }), undefined);
  const dear = { ...market, modelLmsr: { ...lmsr, depositMax: 700n * TOKEN } };
  failsWith(BadRule, update(ctx, { market: dear, fromRound: 4n }));
});

test("a round that has opened, another game's rule and a change of nothing are refused", async () => {
  const ctx = await opened();
  failsWith(errors.TooEarly, update(ctx, { election, fromRound: 1n }));
  failsWith(errors.Incomplete, update(ctx, { election: { ...election, gameId: "ham" } }));
  failsWith(errors.NoChange, update(ctx, {}));
  failsWith(roundsErrors.NoGame, update(ctx, { gameId: "chess", schedule }));
  for (let ahead = 0n; ahead < 8n; ahead++)
    assert.equal(update(ctx, { election, fromRound: 2n + ahead }), undefined);
  failsWith(errors.TooManyAhead, update(ctx, { election, fromRound: 10n }));
  assert.equal(update(ctx, { election, fromRound: 9n }), undefined);
  const value = MsgUpdateGameParams.encode({
    ...MsgUpdateGameParams.zero(),
    authority: AUTHORITY,
    gameId: GAME_ID,
    schedule,
  });
  assert.equal(ctx.electorateOf({ typeUrl: MsgUpdateGameParams.typeUrl, value }, AUTHORITY), GAME_ID);
});

test("a community votes a panel in: the open round is played without one, the next with it", async () => {
  const lengths = { ...roomy, firstOpen: 60, open: 90 };
  const world = stage({ schedule: lengths, committee: 4, itemsMax: 16, quorumSets: 3 });
  const { chain } = world;
  const had = supply(chain);
  await chain.until(1n);
  const choice = { committee: 4, itemsMax: 16, quorumSets: 3, panel: 2, schedule: { ...lengths, label: 3 } };
  const { game: panelled, ...rules } = rulesOf(choice);
  const change = { gameId: GAME_ID, fromRound: 2n, schedule: panelled.schedule };
  const said = say(MsgUpdateGameParams, {
    ...MsgUpdateGameParams.zero(),
    ...{ authority, ...change, election: rules.election, reward: rules.reward },
  });
  const voters = world.members.map(({ who }) => who);
  const { status, reason } = await decides(chain, voters, [said]);
  assert.deepEqual([status, reason], [ProposalStatus.PROPOSAL_STATUS_ENACTED, ""]);
  for (const roundId of [1n, 2n]) await playRound(world, roundId);
  const labelled = [1n, 2n].map((roundId) => {
    const sheets = chain.read((ctx) => [...commitments.sheetsOf(ctx, at(roundId))]);
    return sheets.reduce((sum, { labels }) => sum + labels.length, 0);
  });
  assert.deepEqual(labelled, [0, 32]);
  const outcomes = [1n, 2n].map((roundId) => chain.read((ctx) => markets.outcomeOf(ctx, at(roundId))));
  assert.deepEqual(
    outcomes.map(({ itemsCounted }) => itemsCounted),
    [16, 16],
  );
  assert.deepEqual(ask(chain, Query.changes, { gameId: GAME_ID }).fromRounds, [2n]);
  assert.equal(supply(chain), had);
});
