import assert from "node:assert/strict";
import { test } from "node:test";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { errors as rewardsErrors } from "#modules/rewards/errors.ts";
import { call, field } from "#modules/rewards/ir/build.ts";
import { MsgSetRewardFunction, type Program, RewardRule } from "#proto/gen/iterum/rewards.ts";
import { MsgSetRule } from "#proto/gen/iterum/vesting.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { bondGame, inTurn, lmsrGame } from "../markets/kinds-kit.ts";
import { failsWith, opened, rulesOf, update } from "./kit.ts";

// Messages of other modules that change a rule of a game are refused where the game's rules do not fit.

const GAS = 40_000_000n;
const gameId = GAME_ID;

const setFunction = (ctx: WriteCtx, parts: Partial<RewardRule>): Error | undefined => {
  const rule = { ...RewardRule.zero(), gameId, agree: "own", ...parts };
  const value = MsgSetRewardFunction.encode({ authority: AUTHORITY, rule });
  return ctx.enact([{ typeUrl: MsgSetRewardFunction.typeUrl, value }], AUTHORITY, GAS);
};

const setVesting = (ctx: WriteCtx, rounds: number): Error | undefined => {
  const rule = { gameId, rounds, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 };
  const value = MsgSetRule.encode({ authority: AUTHORITY, rule });
  return ctx.enact([{ typeUrl: MsgSetRule.typeUrl, value }], AUTHORITY, GAS);
};

/** A score of some sixty nodes an item: the twelve items of the test game can be paid, a thousand cannot. */
const f1 = builtinProgram("f1/1", "own") as Program;
const squares = call("add", ...Array.from({ length: 15 }, () => field("squares")));
const dear: Program = { ...f1, score: call("sum", call("add", squares, squares, squares, squares)) };

test("a function that a later round cannot pay is refused, though its own round could", async () => {
  const { election } = rulesOf();
  const ctx = await opened();
  assert.equal(setFunction(ctx, { program: dear, fromRound: 3n }), undefined);

  const grown = await opened();
  const many = { ...election, itemsMax: 1_000 };
  assert.equal(update(grown, { election: many, fromRound: 5n }), undefined);
  failsWith(rewardsErrors.BadRule, setFunction(grown, { program: dear, fromRound: 3n }));
  failsWith(rewardsErrors.BadRule, setFunction(grown, { program: dear, fromRound: 5n }));
  assert.equal(setFunction(grown, { builtin: "brier/1", fromRound: 3n }), undefined);
});

test("where another function comes before the items grow, the dear one may be set", async () => {
  const { election, reward } = rulesOf();
  const ctx = await opened();
  const many = { ...election, itemsMax: 1_000 };
  assert.equal(update(ctx, { election: many, reward, fromRound: 5n }), undefined);
  assert.equal(setFunction(ctx, { program: dear, fromRound: 3n }), undefined);
});

test("profits wait no longer than OPEN has time to pay their parts", async () => {
  const alter = inTurn(lmsrGame(3_000), bondGame(700n * TOKEN));
  const ctx = await opened({ alter, schedule: { open: 60, settle: 20 } });
  // 3,000 holders, five parts each with its own put off, in 60 blocks of 250.
  assert.equal(setVesting(ctx, 4), undefined);
  failsWith(marketsErrors.BadRule, setVesting(ctx, 5));
  const few = await opened();
  assert.equal(setVesting(few, 32), undefined);
});
