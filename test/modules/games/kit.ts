import assert from "node:assert/strict";
import { chainRegistry } from "#chain/app/modules.ts";
import { writeCtx } from "#chain/kernel/block.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { fromJson } from "#chain/proto/json.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { GenesisState as Commitments } from "#proto/gen/iterum/commitments.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { MsgCreateGame, MsgUpdateGameParams } from "#proto/gen/iterum/games.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { newChain } from "#test/kit/chain.ts";
import { GAME_ID, type GenesisChoice, genesis } from "#test/kit/genesis.ts";

const GAS = 40_000_000n;

/** A chain in its first round, over whose state a context writes without committing. */
export async function opened(choice: Partial<GenesisChoice> = {}): Promise<WriteCtx> {
  const chain = newChain({ members: [], others: [], ...choice });
  await chain.until(2n);
  const at = { height: 3n, timeMs: 0n, proposer: new Uint8Array(0), verdicts: new Map() };
  return chain.read((ctx) =>
    writeCtx(chainRegistry(), overlay(ctx.store), { chainId: ctx.chainId, ...at }, []),
  );
}

/** Every rule of one game of the test kit. */
export function rulesOf(choice: Partial<GenesisChoice> = {}) {
  const state = genesis({ members: [], others: [], ...choice });
  const [game] = fromJson(Rounds, state["rounds"] ?? {}).games;
  const [election] = fromJson(Elections, state["elections"] ?? {}).elections;
  const [data] = fromJson(Commitments, state["commitments"] ?? {}).rules;
  const [audit] = fromJson(Proofs, state["proofs"] ?? {}).audits;
  const [reward] = fromJson(Rewards, state["rewards"] ?? {}).rules;
  const [market] = fromJson(Markets, state["markets"] ?? {}).rules;
  assert.ok(game?.schedule && election && data && audit && reward && market);
  return { game: { ...game, startHeight: 10n }, election, data, audit, reward, market };
}

export const create = (ctx: WriteCtx, rules: Partial<ReturnType<typeof rulesOf>>): Error | undefined =>
  ctx.enact(
    [
      {
        typeUrl: MsgCreateGame.typeUrl,
        value: MsgCreateGame.encode({ ...MsgCreateGame.zero(), authority: AUTHORITY, ...rules }),
      },
    ],
    AUTHORITY,
    GAS,
  );

export const update = (ctx: WriteCtx, change: Partial<MsgUpdateGameParams>): Error | undefined =>
  ctx.enact(
    [
      {
        typeUrl: MsgUpdateGameParams.typeUrl,
        value: MsgUpdateGameParams.encode({
          ...MsgUpdateGameParams.zero(),
          ...{ authority: AUTHORITY, gameId: GAME_ID, fromRound: 3n },
          ...change,
        }),
      },
    ],
    AUTHORITY,
    GAS,
  );

export function failsWith({ codespace, code }: ErrorFactory, error: Error | undefined): void {
  assert.ok(error instanceof ChainError, String(error));
  assert.deepEqual([error.codespace, error.code], [codespace, code], error.message);
}
