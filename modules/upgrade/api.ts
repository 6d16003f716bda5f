import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Plan } from "#proto/gen/cosmos/upgrade.ts";
import { errors } from "./errors.ts";
import { upgraded } from "./events.ts";
import { applied, editionItem, planItem, versions } from "./state.ts";

/** Versions of modules, by name. */
export type ModuleVersions = ReadonlyMap<string, bigint>;

/** The plan, where an upgrade is planned. */
export const plan = (ctx: ReadCtx): Plan | undefined => planItem.find(ctx);

/** The upgrade under whose rules the chain runs; "" for the first rules. */
export const edition = (ctx: ReadCtx): string => editionItem.find(ctx) ?? "";

/** The versions of the modules whose state this is; none before genesis. */
export const moduleVersions = (ctx: ReadCtx): ModuleVersions => new Map(versions.all(ctx));

function enter(ctx: WriteCtx, name: string, to: ModuleVersions): void {
  if (name === "") editionItem.delete(ctx);
  else editionItem.set(ctx, name);
  for (const module of moduleVersions(ctx).keys()) if (!to.has(module)) versions.delete(ctx, module);
  for (const [module, version] of to) versions.set(ctx, module, version);
}

/**
 * Says under which rules a chain begins; fails with (upgrade, 6) where its genesis has the versions of other
 * rules.
 */
export function begin(ctx: WriteCtx, name: string, own: ModuleVersions): void {
  const given = moduleVersions(ctx);
  if (given.size > 0) {
    ensure(edition(ctx) === name, errors.BadGenesis, { edition: edition(ctx), program: name });
    for (const module of new Set([...given.keys(), ...own.keys()])) {
      const [genesis, program] = [given.get(module) ?? 0n, own.get(module) ?? 0n];
      ensure(genesis === program, errors.BadGenesis, { module, genesis, program });
    }
  }
  enter(ctx, name, own);
}

/** Ends the plan by its upgrade: from the block of the context on its rules and versions hold. */
export function complete(ctx: WriteCtx, name: string, to: ModuleVersions): void {
  planItem.delete(ctx);
  applied.set(ctx, name, ctx.height);
  enter(ctx, name, to);
  upgraded(ctx, { name });
}
