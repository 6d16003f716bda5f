import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type FeaturizerSpec, featurizerId } from "#chain/protocol/featurizers/spec.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { DataRule } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { featurizerOf } from "./featurizer.ts";
import { rules } from "./state.ts";

const SET_ITEMS_MAX = 1_000;
const EVENT_CID_BYTES_MAX = 64;

/** What a round takes as data, which need not have opened; fails with (commitments, 13). */
export function dataRule(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): DataRule {
  const found = rules.at(ctx, gameId, roundId);
  ensure(found, errors.NoRule, { gameId });
  return found;
}

export const featurizer = (ctx: ReadCtx, key: rounds.RoundKey): FeaturizerSpec =>
  featurizerOf(dataRule(ctx, key).featurizer);

/**
 * Gives a game a data rule from a round on; fails with (commitments, 15) when it is out of bounds, or makes
 * other tensors than the rules before it: models of the game could not take them.
 */
export function setDataRule(ctx: WriteCtx, rule: DataRule): void {
  const { gameId, setItemsMax, eventCidBytesMax, fromRound } = rule;
  rounds.game(ctx, gameId);
  const id = featurizerId(featurizerOf(rule.featurizer));
  for (const [, { featurizer: other }] of rules.of(ctx, gameId))
    ensure(featurizerId(featurizerOf(other)) === id, errors.BadGenesis, { gameId, another: "featurizer" });
  const bounded =
    setItemsMax >= 1 &&
    setItemsMax <= SET_ITEMS_MAX &&
    eventCidBytesMax >= 1 &&
    eventCidBytesMax <= EVENT_CID_BYTES_MAX;
  ensure(bounded, errors.BadGenesis, { gameId, setItemsMax, eventCidBytesMax });
  rules.set(ctx, gameId, fromRound, rule);
}
