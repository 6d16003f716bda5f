import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { errors } from "#modules/games/errors.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { errors as proofsErrors } from "#modules/proofs/errors.ts";
import * as rounds from "#modules/rounds/api.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { MsgCreateGame } from "#proto/gen/iterum/games.ts";
import { create, failsWith, opened, rulesOf } from "./kit.ts";

test("the council starts a game with all its rules, beside those that there are", async () => {
  const ctx = await opened();
  assert.equal(create(ctx, rulesOf({ gameId: "ham", panel: 2, committee: 4, itemsMax: 16 })), undefined);
  assert.deepEqual(
    rounds.allGames(ctx).map(({ gameId }) => gameId),
    ["ham", "spam"],
  );
  const value = MsgCreateGame.encode({ ...MsgCreateGame.zero(), authority: AUTHORITY, ...rulesOf() });
  assert.equal(ctx.electorateOf({ typeUrl: MsgCreateGame.typeUrl, value }, AUTHORITY), "");
});

test("a game with a rule too few, a name that is taken or a start that has passed is refused", async () => {
  const ctx = await opened();
  const ham = rulesOf({ gameId: "ham" });
  const { market, ...rest } = ham;
  failsWith(errors.Incomplete, create(ctx, rest));
  failsWith(errors.Incomplete, create(ctx, { ...ham, market: rulesOf().market }));
  const nameless = rulesOf({ gameId: "" });
  const { game, ...headless } = nameless;
  assert.ok(game);
  failsWith(errors.Incomplete, create(ctx, headless));
  failsWith(errors.TooEarly, create(ctx, { ...ham, game: { ...ham.game, startHeight: 3n } }));
  failsWith(roundsErrors.BadGame, create(ctx, rulesOf()));
  assert.equal(create(ctx, ham), undefined);
  assert.ok(market);
});

test("a game that would take others' places for proofs or time to settle is refused", async () => {
  const ctx = await opened({ schedule: { settle: 3 } });
  const audited = rulesOf({ gameId: "ham", policy: "sampled" });
  const greedy = { ...audited, audit: { ...audited.audit, proofsPerBlock: 17 } };
  failsWith(proofsErrors.BadGenesis, create(ctx, greedy));
  assert.deepEqual(
    rounds.allGames(ctx).map(({ gameId }) => gameId),
    ["spam"],
  );
  // The crank's moves are shared: with each game the others' part becomes smaller, until SETTLE is too short.
  let games = 1;
  for (; games < 1_000; games++) {
    const failed = create(ctx, rulesOf({ gameId: `game-${games}` }));
    if (failed === undefined) continue;
    failsWith(marketsErrors.BadRule, failed);
    break;
  }
  assert.ok(games > 10 && games < 1_000, `${games}`);
  assert.equal(rounds.allGames(ctx).length, games);
});
