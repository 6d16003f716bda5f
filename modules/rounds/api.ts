import type { Hook, ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { hook } from "#chain/kernel/module.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import { game } from "./games.ts";
import type { RoundKey } from "./key.ts";
import { lastRoundIds, rounds, running } from "./state.ts";

export {
  addGame,
  allGames,
  checkGame,
  game,
  isDev,
  labelValues,
  scheduleOf,
  setSchedule,
} from "./games.ts";
export type { RoundKey } from "./key.ts";

/** A round has entered a phase, at the end of a block; the phase covers the blocks that follow. */
export const phaseEntered: Hook<RoundKey & { readonly phase: Phase }> = hook("rounds.phaseEntered");

/** The number of the game's round that opened last; 0 before the first. */
export const lastRoundId = (ctx: ReadCtx, gameId: string): bigint => lastRoundIds.get(ctx, gameId) ?? 0n;

/** The round that a query means: of 0 the game's last one, or its first before that has opened. */
export function roundMeant(ctx: ReadCtx, { gameId, roundId }: RoundKey): RoundKey {
  const last = lastRoundId(ctx, gameId);
  return { gameId, roundId: roundId > 0n ? roundId : last > 0n ? last : 1n };
}

/** The round; fails with (rounds, 3). */
export function round(ctx: ReadCtx, { gameId, roundId }: RoundKey): Round {
  game(ctx, gameId);
  const found = rounds.get(ctx, [gameId, roundId]);
  ensure(found, errors.NoRound, { gameId, roundId });
  return found;
}

/** Fails with (rounds, 4) unless the round is in the phase. */
export function ensurePhase(ctx: ReadCtx, key: RoundKey, phase: Phase): Round {
  const found = round(ctx, key);
  ensure(found.phase === phase, errors.WrongPhase, {
    gameId: key.gameId,
    roundId: key.roundId,
    phase: phaseName(found.phase),
    needed: phaseName(phase),
  });
  return found;
}

/** What the hashes of a round are bound to. */
export const refOf = (ctx: ReadCtx, { gameId, roundId }: RoundKey): RoundRef => ({
  chainId: ctx.chainId,
  gameId,
  roundId,
});

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(Phase).map(([name, value]) => [value as number, name.slice("PHASE_".length)]),
);

/** Name of a phase without its prefix, for events and errors. */
export const phaseName = (phase: Phase): string => names.get(phase) ?? String(phase);

/** The rounds that have not ended, in key order. */
export function* runningRounds(ctx: ReadCtx): Iterable<Round> {
  for (const [key] of running.all(ctx)) {
    const found = rounds.get(ctx, key);
    assert(found, "a running round is missing");
    yield found;
  }
}

/**
 * Asks for a round to end without effect. Only before predictions are fixed; takes effect as its phase turns.
 */
export function voidRound(ctx: WriteCtx, key: RoundKey, reason: string): void {
  const found = round(ctx, key);
  assert(found.phase < Phase.PHASE_PREDICT, "a round is voided after its predictions could be fixed");
  rounds.set(ctx, [key.gameId, key.roundId], { ...found, reason });
}

/** Asks for a round that is just opening to be left out. */
export function skipRound(ctx: WriteCtx, key: RoundKey, reason: string): void {
  const found = round(ctx, key);
  assert(
    found.phase === Phase.PHASE_OPEN && found.openHeight === ctx.height,
    "only an opening round is skipped",
  );
  rounds.set(ctx, [key.gameId, key.roundId], { ...found, reason });
}

/** Says that a round in SETTLE is paid out; it is done at the end of the block. */
export function finishRound(ctx: WriteCtx, key: RoundKey): void {
  const found = round(ctx, key);
  assert(found.phase === Phase.PHASE_SETTLE, "only a settling round is finished");
  rounds.set(ctx, [key.gameId, key.roundId], { ...found, endedHeight: ctx.height });
}
