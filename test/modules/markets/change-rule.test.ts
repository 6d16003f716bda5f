import assert from "node:assert/strict";
import { test } from "node:test";
import { errors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { MsgUpdateGameParams } from "#proto/gen/iterum/games.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { type MarketRule, Query } from "#proto/gen/iterum/markets.ts";
import { type Said, say } from "#test/kit/chain.ts";
import { authority, decides } from "#test/kit/game/govern.ts";
import { playRound, type World } from "#test/kit/game/play.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const gameId = GAME_ID;

const world = (): World => stage({ schedule: { firstOpen: 60, open: 90 } });
const voters = ({ members }: World) => members.map(({ who }) => who);
/** The rule of the rounds to come. */
const ruleOf = ({ chain }: World): MarketRule => {
  const { rule } = ask(chain, Query.marketRule, { gameId, roundId: 2n });
  assert.ok(rule);
  return rule;
};
const setRule = (market: MarketRule): Said =>
  say(MsgUpdateGameParams, { ...MsgUpdateGameParams.zero(), authority, gameId, fromRound: 2n, market });

/** A market of shares as large as the members' bonds allow. */
const shares = (rule: MarketRule, holdersMax = 50): MarketRule => ({
  ...rule,
  kind: "lmsr/1",
  modelLmsr: undefined,
  lmsr: { classes: 2, liquidity: 500n * TOKEN, feePpm: 0, holdersMax },
});

test("a community changes its market, the kind too, for rounds that open later", async () => {
  const game = world();
  const { chain } = game;
  await chain.until(1n);
  const { status } = await decides(chain, voters(game), [setRule(shares(ruleOf(game)))]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  assert.equal(ruleOf(game).kind, "lmsr/1");
  // The open round is played to its end by the rule with which it opened: sealed orders, bond and all.
  await playRound(game, 1n);
  const { outcome } = ask(chain, Query.outcome, { gameId, roundId: 1n });
  assert.equal(outcome?.results.length, 3);
  const kinds = [1n, 2n].map((roundId) => ask(chain, Query.market, { gameId, roundId }).market?.kind);
  assert.deepEqual(kinds, ["model-lmsr/1", "lmsr/1"]);
  assert.deepEqual(ask(chain, Query.prices, { gameId, roundId: 2n }).pricesPpm, [500_000, 500_000]);
});

test("a rule that the game's other rules do not allow is not enacted, and changes nothing", async () => {
  const game = world();
  const { chain } = game;
  await chain.until(1n);
  const rule = ruleOf(game);
  const { modelLmsr } = rule;
  assert.ok(modelLmsr);
  const wrong: readonly (readonly [MarketRule, number])[] = [
    [shares(rule, 9_000), errors.BadRule.code],
    [{ ...rule, kind: "roulette/1" }, errors.BadRule.code],
    [{ ...rule, modelLmsr: { ...modelLmsr, slices: 9 } }, kindErrors.ParamsRefused.code],
  ];
  for (const [each, code] of wrong) {
    const { status, reason } = await decides(chain, voters(game), [setRule(each)]);
    assert.equal(status, ProposalStatus.PROPOSAL_STATUS_FAILED);
    assert.match(reason, new RegExp(`markets.*\\b${code}\\b`));
  }
  assert.deepEqual(ruleOf(game), rule);
});
