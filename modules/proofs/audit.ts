import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { BLOCK_PROOFS_MAX } from "#chain/limits.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Audit } from "#proto/gen/iterum/proofs.ts";
import { errors } from "./errors.ts";
import { audits, templates } from "./state.ts";

/** Fewer samples leave cheating worth its while (design: game.md §9). */
const SAMPLE_SIZE_MIN = 8;

/** How a round is audited, which need not have opened; fails with (proofs, 11). */
export function audit(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): Audit {
  const found = audits.at(ctx, gameId, roundId);
  ensure(found, errors.NoAudit, { gameId });
  return found;
}

const placesOf = ({ policy, proofsPerBlock }: Audit): number => (policy === "none" ? 0 : proofsPerBlock);

/** The most places for proofs in a block that a game has now, or in a round to come. */
function mostPlaces(ctx: ReadCtx, gameId: string): number {
  const last = rounds.lastRoundId(ctx, gameId);
  let most = 0;
  for (const [from, rule] of audits.of(ctx, gameId)) {
    if (placesOf(rule) > most) most = placesOf(rule);
    // The round before the last one may be running still; those before it are over.
    if (from + 1n <= last) break;
  }
  return most;
}

/** Fails with (proofs, 12) when the games have been promised more places than a block has. */
function ensurePlaces(ctx: ReadCtx): void {
  let promised = 0;
  for (const gameId of audits.names(ctx)) promised += mostPlaces(ctx, gameId);
  ensure(promised <= BLOCK_PROOFS_MAX, errors.BadGenesis, { promised, places: BLOCK_PROOFS_MAX });
}

/** Gives a game an audit rule from a round on; fails with (proofs, 12) when it could convict nobody. */
export function setAudit(ctx: WriteCtx, rule: Audit): void {
  const { gameId, policy, sampleSize, proofsPerBlock, templateIds, fromRound } = rule;
  const { classes } = rounds.game(ctx, gameId);
  const known = policy === "sampled" || policy === "all" || (policy === "none" && rounds.isDev(ctx));
  ensure(known, errors.BadGenesis, { gameId, policy });
  const enough = policy !== "sampled" || sampleSize >= SAMPLE_SIZE_MIN;
  ensure(enough, errors.BadGenesis, { gameId, sampleSize });
  ensure(proofsPerBlock >= 1, errors.BadGenesis, { gameId, proofsPerBlock });
  for (const id of templateIds) {
    const template = id.length === 32 ? templates.get(ctx, id) : undefined;
    ensure(template?.classes === classes, errors.BadGenesis, {
      gameId,
      template: template?.name ?? "unknown",
    });
    const whole = policy !== "sampled" || sampleSize % template.batch === 0;
    ensure(whole, errors.BadGenesis, { gameId, sampleSize, batch: template.batch });
  }
  audits.set(ctx, gameId, fromRound, rule);
  // A game's places are its own: what one is promised another cannot have.
  ensurePlaces(ctx);
}
