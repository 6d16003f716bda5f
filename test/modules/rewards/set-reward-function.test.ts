import assert from "node:assert/strict";
import { test } from "node:test";
import { chainRegistry } from "#chain/app/modules.ts";
import { type Event, writeCtx } from "#chain/kernel/block.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { errors as kernelErrors } from "#chain/kernel/governed.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { countedItems, countItems, isScalar, rewardRule, scoreModels } from "#modules/rewards/api.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { errors } from "#modules/rewards/errors.ts";
import { call, constant, field } from "#modules/rewards/ir/build.ts";
import { programHash } from "#modules/rewards/ir/program.ts";
import * as rounds from "#modules/rounds/api.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { games } from "#modules/rounds/state.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import {
  EventRewardFunctionSet,
  type Expr,
  GenesisState,
  MsgSetRewardFunction,
  type Program,
  Query,
  RewardRule,
} from "#proto/gen/iterum/rewards.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { decides } from "#test/kit/game/govern.ts";
import { ask, refusesQuery } from "#test/kit/game/refuse.ts";
import { GAME_ID } from "#test/kit/genesis.ts";
import { refusesGenesis } from "../genesis-kit.ts";

const gameId = GAME_ID;
const f1 = builtinProgram("f1/1", "own") as Program;

/** A chain in its first round, over whose state a context writes without committing. */
async function played(choice: Partial<Parameters<typeof newChain>[0]> = {}) {
  const chain = newChain({ members: people("ann", "ben"), others: [], ...choice });
  await chain.until(2n);
  const events: Event[] = [];
  const ctx = chain.read((at) =>
    writeCtx(
      chainRegistry(),
      overlay(at.store),
      { chainId: at.chainId, height: 3n, timeMs: 0n, proposer: new Uint8Array(0), verdicts: new Map() },
      events,
    ),
  );
  return { chain, ctx, events };
}

const ruleOf = (parts: Partial<RewardRule>): RewardRule => ({
  ...RewardRule.zero(),
  gameId,
  agree: "own",
  fromRound: 2n,
  ...parts,
});
const packed = (rule: RewardRule | undefined, authority = AUTHORITY) => ({
  typeUrl: MsgSetRewardFunction.typeUrl,
  value: MsgSetRewardFunction.encode({ authority, rule }),
});
const enact = (ctx: WriteCtx, parts: Partial<RewardRule>): Error | undefined =>
  ctx.enact([packed(ruleOf(parts))], AUTHORITY, 10_000_000n);

function failsWith({ codespace, code }: ErrorFactory, error: Error | undefined): void {
  assert.ok(error instanceof ChainError, String(error));
  assert.deepEqual([error.codespace, error.code], [codespace, code], error.message);
}

const at = (roundId: bigint) => ({ gameId, roundId });
const opened = (author: number | undefined) => ({ author, panel: [] });

test("a reward function counts from its round on; rounds before it keep their own", async () => {
  const { ctx, events } = await played();
  assert.equal(enact(ctx, { program: f1, fromRound: 3n }), undefined);
  assert.equal(enact(ctx, { builtin: "brier/1", fromRound: 7n }), undefined);
  const found = [1n, 2n, 3n, 6n, 7n, 100n].map((roundId) => {
    const { builtin, program } = rewardRule(ctx, at(roundId));
    return program ? "program" : builtin;
  });
  assert.deepEqual(found, ["logloss/1", "logloss/1", "program", "program", "brier/1", "brier/1"]);
  assert.deepEqual(rewardRule(ctx, at(3n)).program, f1);
  assert.deepEqual(rewardRule(ctx, at(3n)).programHash, programHash(f1));
  const type = EventRewardFunctionSet.typeUrl.slice(1);
  assert.deepEqual(
    events.filter((each) => each.type === type).map(({ attributes }) => attributes[1]),
    [
      ["from_round", "3"],
      ["from_round", "7"],
    ],
  );
});

test("the function of a round counts its items and scores its models", async () => {
  const { ctx } = await played();
  const weighty = { ...f1, weight: call("add", field("authorLabel"), constant(1n)) };
  assert.equal(enact(ctx, { program: weighty }), undefined);
  countItems(ctx, at(2n), [opened(0), opened(1), opened(undefined), undefined]);
  const counted = countedItems(ctx, at(2n));
  assert.deepEqual(counted, [{ label: 0, weight: 1n }, { label: 1, weight: 2n }, undefined, undefined]);
  const scored = scoreModels(ctx, at(2n), counted, [5n, 5n, 5n, 5n])([40_000, 50_000, 0, 0]);
  assert.equal(scored.scorePpm, 800_000);
  assert.equal(scored.metrics.accuracyPpm, 500_000);
  countItems(ctx, at(1n), [opened(0)]);
  assert.deepEqual(countedItems(ctx, at(1n)), [{ label: 0, weight: 1n }]);
});

test("a scalar game counts labels in millionths from the round of its rule on", async () => {
  const { ctx } = await played();
  const half = { ...f1, label: call("mul", field("authorLabel"), constant(500_000n)) };
  assert.equal(enact(ctx, { program: half, scalar: true }), undefined);
  assert.deepEqual([isScalar(ctx, at(1n)), isScalar(ctx, at(2n))], [false, true]);
  countItems(ctx, at(2n), [opened(1)]);
  assert.deepEqual(countedItems(ctx, at(2n)), [{ label: 500_000, weight: 1n }]);
});

test("only a round that has not opened gets another function, and the last one counts", async () => {
  const { ctx } = await played();
  failsWith(errors.RoundOpened, enact(ctx, { program: f1, fromRound: 1n }));
  failsWith(errors.RoundOpened, enact(ctx, { program: f1, fromRound: 0n }));
  assert.equal(enact(ctx, { builtin: "brier/1" }), undefined);
  assert.equal(enact(ctx, { builtin: "accuracy/1" }), undefined);
  assert.equal(rewardRule(ctx, at(2n)).builtin, "accuracy/1");
});

test("a program may be named by its hash once the chain has it", async () => {
  const { ctx } = await played();
  failsWith(errors.NoProgram, enact(ctx, { programHash: programHash(f1) }));
  failsWith(errors.NoProgram, enact(ctx, { programHash: Uint8Array.of(1) }));
  assert.equal(enact(ctx, { program: f1, programHash: programHash(f1) }), undefined);
  assert.equal(enact(ctx, { programHash: programHash(f1), fromRound: 9n }), undefined);
  assert.deepEqual(rewardRule(ctx, at(9n)).program, f1);
});

test("a rule that does not fit its game is refused", async () => {
  const { ctx } = await played();
  const dear = call("sum", call("add", ...Array.from({ length: 16 }, () => field("squares"))));
  const many = (expr: Expr, count: number): Expr => call("add", ...Array.from({ length: count }, () => expr));
  const tooDear = { ...f1, score: many(many(dear, 5), 16) };
  for (const parts of [
    {},
    { builtin: "luck/1" },
    { builtin: "brier/1", program: f1 },
    { builtin: "brier/1", programHash: programHash(f1) },
    { program: f1, programHash: new Uint8Array(32) },
    { program: { ...f1, use: undefined } },
    { program: tooDear },
    { builtin: "brier/1", agree: "most" },
    { builtin: "brier/1", agree: "all" },
    { builtin: "brier/1", panel: 1 },
  ])
    failsWith(errors.BadRule, enact(ctx, parts));
  failsWith(errors.BadRule, ctx.enact([packed(undefined)], AUTHORITY, 10_000_000n));
  failsWith(roundsErrors.NoGame, enact(ctx, { gameId: "chess", builtin: "brier/1" }));
  assert.equal(rewardRule(ctx, at(2n)).builtin, "logloss/1");
  games.set(ctx, gameId, { ...rounds.game(ctx, gameId), classes: 3 });
  failsWith(errors.BadRule, enact(ctx, { builtin: "brier/1", scalar: true }));
  assert.equal(enact(ctx, { builtin: "brier/1" }), undefined);
});

test("so many functions may wait for their rounds and no more", async () => {
  const { ctx } = await played();
  for (let round = 2n; round < 10n; round++)
    assert.equal(enact(ctx, { builtin: "brier/1", fromRound: round }), undefined);
  failsWith(errors.TooManyAhead, enact(ctx, { builtin: "brier/1", fromRound: 10n }));
  assert.equal(enact(ctx, { builtin: "mcc/1", fromRound: 9n }), undefined);
});

test("the game's community decides, and nobody else speaks for it", async () => {
  const { ctx } = await played();
  assert.equal(ctx.electorateOf(packed(ruleOf({ builtin: "brier/1" })), AUTHORITY), gameId);
  const another = packed(ruleOf({ builtin: "brier/1" }), "iterum1somebody");
  failsWith(kernelErrors.NotGoverned, ctx.enact([another], AUTHORITY, 10_000_000n));
});

test("a community decides by vote on the function of a later round", async () => {
  const [ann, ben] = people("ann", "ben") as [Person, Person];
  const { chain } = await played({ members: [ann, ben] });
  const rule = ruleOf({ program: f1, fromRound: 2n });
  const { status, reason } = await decides(
    chain,
    [ann, ben],
    [say(MsgSetRewardFunction, { authority: AUTHORITY, rule })],
  );
  assert.deepEqual([status, reason], [ProposalStatus.PROPOSAL_STATUS_ENACTED, ""]);
  const told = (roundId: bigint) => ask(chain, Query.rewardRule, { gameId, roundId }).rule;
  assert.deepEqual([told(1n)?.builtin, told(2n)?.program], ["logloss/1", f1]);
});

test("functions and their programs are told, and survive an export", async () => {
  const rules = [
    ruleOf({ builtin: "brier/1", fromRound: 0n }),
    ruleOf({ program: f1, fromRound: 5n }),
    ruleOf({ programHash: programHash(f1), fromRound: 8n }),
  ];
  const counts = [{ gameId, roundId: 7n, counts: { labels: [2, 0, 1], weights: [5, 0, 1] } }];
  const alter = (state: AppState): AppState => ({
    ...state,
    rewards: toJson(GenesisState, { ...GenesisState.zero(), rules, counts }),
  });
  const { chain } = await played({ alter });
  const rule = (roundId: bigint) => ask(chain, Query.rewardRule, { gameId, roundId }).rule;
  assert.deepEqual([rule(0n)?.builtin, rule(4n)?.fromRound, rule(8n)?.program], ["brier/1", 1n, f1]);
  const told = ask(chain, Query.rewardRules, { gameId }).rules;
  assert.deepEqual(
    told.map(({ fromRound }) => fromRound),
    [8n, 5n, 1n],
  );
  assert.deepEqual(ask(chain, Query.program, { programHash: programHash(f1) }).program, f1);
  refusesQuery(chain, Query.program, { programHash: new Uint8Array(32) }, errors.NoProgram);
  refusesQuery(chain, Query.program, { programHash: Uint8Array.of(1) }, errors.NoProgram);
  const dumped = fromJson(GenesisState, chain.app.dump()["rewards"] ?? {});
  assert.deepEqual([dumped.programs, dumped.rules.length, dumped.counts], [[f1], 3, counts]);
  const again = await played({ alter: (state) => ({ ...state, rewards: toJson(GenesisState, dumped) }) });
  assert.deepEqual(fromJson(GenesisState, again.chain.app.dump()["rewards"] ?? {}), dumped);
});

test("a genesis with counts that are not whole is refused", () => {
  const alter = (genesis: Partial<GenesisState>) => (state: AppState) => ({
    ...state,
    rewards: toJson(GenesisState, { ...fromJson(GenesisState, state["rewards"] ?? {}), ...genesis }),
  });
  const round = { gameId, roundId: 1n };
  refusesGenesis(errors.BadRule, alter({ counts: [{ ...round, counts: undefined }] }));
  const counts = { labels: [1, 2], weights: [1] };
  refusesGenesis(errors.BadRule, alter({ counts: [{ ...round, counts }] }));
});
