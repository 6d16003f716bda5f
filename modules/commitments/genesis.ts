import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { GenesisState } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { commitments, contents, denouncements, lists, models, rules, sets, sheets } from "./state.ts";

/** Puts models and rounds of an exported chain back. */
export function restoreCommitments(ctx: WriteCtx, genesis: GenesisState): void {
  for (const model of genesis.models) models.set(ctx, model.modelId, model);
  for (const { gameId, roundId, commitment } of genesis.commitments) {
    ensure(commitment, errors.BadGenesis, { gameId });
    commitments.set(ctx, [gameId, roundId, commitment.member], commitment);
  }
  for (const { gameId, roundId, set } of genesis.sets) {
    ensure(set, errors.BadGenesis, { gameId });
    sets.set(ctx, [gameId, roundId, set.member], set);
  }
  for (const { gameId, roundId, list } of genesis.lists) {
    ensure(list, errors.BadGenesis, { gameId });
    lists.set(ctx, [gameId, roundId], list);
  }
  for (const { gameId, contentHash, roundId } of genesis.contents)
    contents.set(ctx, [gameId, contentHash], roundId);
  for (const { gameId, roundId, sheet } of genesis.sheets) {
    ensure(sheet, errors.BadGenesis, { gameId });
    sheets.set(ctx, [gameId, roundId, sheet.member], sheet);
  }
  for (const { gameId, denouncement } of genesis.denouncements) {
    ensure(denouncement, errors.BadGenesis, { gameId });
    denouncements.set(ctx, [gameId, denouncement.informer], denouncement);
  }
}

/** The whole state of commitments as genesis. */
export const dumpCommitments = (ctx: ReadCtx): GenesisState => ({
  rules: [...rules.all(ctx)].map(([, rule]) => rule),
  models: [...models.all(ctx)].map(([, model]) => model),
  commitments: [...commitments.all(ctx)].map(([[gameId, roundId], commitment]) => ({
    gameId,
    roundId,
    commitment,
  })),
  sets: [...sets.all(ctx)].map(([[gameId, roundId], set]) => ({ gameId, roundId, set })),
  lists: [...lists.all(ctx)].map(([[gameId, roundId], list]) => ({ gameId, roundId, list })),
  contents: [...contents.all(ctx)].map(([[gameId, contentHash], roundId]) => ({
    gameId,
    contentHash,
    roundId,
  })),
  sheets: [...sheets.all(ctx)].map(([[gameId, roundId], sheet]) => ({ gameId, roundId, sheet })),
  denouncements: [...denouncements.all(ctx)].map(([[gameId], denouncement]) => ({ gameId, denouncement })),
});
