import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { GenesisState } from "#proto/gen/iterum/upgrade.ts";
import { edition } from "./api.ts";
import { errors } from "./errors.ts";
import { checkPlan, plainPlan } from "./plan.ts";
import { appliedList, versionList } from "./queries.ts";
import { applied, editionItem, planItem, versions } from "./state.ts";

/** Puts the plan, the upgrades and the versions of an exported chain into the state. */
export function initUpgrade(ctx: WriteCtx, genesis: GenesisState): void {
  for (const { name, height } of genesis.applied) {
    const isPast = height > 0n && height <= ctx.height && !applied.has(ctx, name);
    ensure(isPast, errors.BadGenesis, { name, height });
    applied.set(ctx, name, height);
  }
  for (const { name, version } of genesis.moduleVersions) {
    ensure(version > 0n && !versions.has(ctx, name), errors.BadGenesis, { module: name, version });
    versions.set(ctx, name, version);
  }
  const isNew = genesis.moduleVersions.length === 0;
  ensure(!isNew || genesis.edition === "", errors.BadGenesis, { edition: genesis.edition });
  if (genesis.edition !== "") editionItem.set(ctx, genesis.edition);
  if (!genesis.plan) return;
  checkPlan(genesis.plan);
  const { name, height } = genesis.plan;
  ensure(height > ctx.height && !applied.has(ctx, name), errors.BadGenesis, { plan: name, height });
  planItem.set(ctx, plainPlan(genesis.plan));
}

/** What is planned, what has been, and the versions of all modules, as genesis. */
export const dumpUpgrade = (ctx: ReadCtx): GenesisState => ({
  plan: planItem.find(ctx),
  edition: edition(ctx),
  applied: appliedList(ctx),
  moduleVersions: versionList(ctx),
});
