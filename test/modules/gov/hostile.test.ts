import assert from "node:assert/strict";
import { test } from "node:test";
import { chainRegistry } from "#chain/app/modules.ts";
import { ChainError } from "#chain/kernel/error.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { MsgCreateGame, MsgUpdateGameParams } from "#proto/gen/iterum/games.ts";
import { people } from "#test/kit/accounts.ts";
import { seeded } from "#test/kit/game/random.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { type Dictionary, hostile, spoiled } from "../../chain/app/hostile.ts";
import { opened, rulesOf } from "../games/kit.ts";

const SEED = process.env["FUZZ_SEED"] ?? "1";
const MESSAGES = 1_500;
const GAS = 25_000_000n;

const addresses = people("ann", "ben", "cat").map(({ address }) => address);
const known: Dictionary = {
  texts: [GAME_ID, GAME_ID, "ham", "listed/1", "one/1", "uiter", "model-lmsr/1", ...addresses],
  bytes: [new Uint8Array(32), new Uint8Array(20)],
  numbers: [0n, 1n, 2n, 3n, 4n, 20n, 1_000n, 1_000_000n, TOKEN, 500n * TOKEN],
  packed: [],
  named: { authority: AUTHORITY, gameId: GAME_ID, fromRound: 2n },
};

test("whatever a community accepts, it works or fails as a user's mistake: no node stops", async (t) => {
  const random = seeded(`enacted ${SEED}`);
  const ctx = await opened();
  const codecs = [...chainRegistry().governed.values()].map(({ request }) => request);
  const { game, ...rules } = rulesOf({ gameId: "ham" });
  const good: readonly (readonly [Codec<unknown>, unknown])[] = [
    [MsgCreateGame as Codec<unknown>, { ...MsgCreateGame.zero(), authority: AUTHORITY, game, ...rules }],
    [
      MsgUpdateGameParams as Codec<unknown>,
      { ...MsgUpdateGameParams.zero(), authority: AUTHORITY, gameId: GAME_ID, fromRound: 2n, ...rulesOf() },
    ],
  ];
  const ends = new Map<string, number>();
  for (let i = 0; i < MESSAGES; i++) {
    let [codec, value] = [random.pick(codecs), undefined as unknown];
    if (random.chance(0.5)) {
      [codec, value] = random.pick(good);
      for (let times = 1 + random.int(2); times > 0; times--) value = spoiled(codec, value, random, known);
    } else value = hostile(codec, random, known);
    const message = { typeUrl: codec.typeUrl, value: codec.encode(value) };
    const failed = ctx.enact([message], AUTHORITY, GAS);
    const name = codec.name.slice(codec.name.lastIndexOf(".") + 1);
    const end =
      failed instanceof ChainError ? `${failed.codespace}/${failed.code}` : (failed?.name ?? "done");
    assert.ok(failed === undefined || failed instanceof ChainError, `${name}: ${failed?.stack}`);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  t.diagnostic([...ends].map(([end, count]) => `${end}×${count}`).join(" "));
  assert.ok((ends.get("done") ?? 0) > 10 && ends.size > 10);
});
