import type { WriteCtx } from "./ctx.ts";
import { assert } from "./error.ts";
import type { AnyModule, Module } from "./module.ts";

/** Takes the state of a module from a version to the next one. */
export interface Migration {
  readonly module: string;
  /** The version it starts from; 0 for a module that begins with this upgrade. */
  readonly from: number;
  /**
   * Rewrites state between two blocks. It has no gas: what it walks must be bounded by what the chain can
   * hold of it, and its time is for a rehearsal to measure.
   */
  run(ctx: WriteCtx): void;
}

/** Rules of the chain that hold from an upgrade on, until the next one. */
export interface Edition {
  /** Name of the upgrade that brings them; "" for the first ones. */
  readonly upgrade: string;
  /** What headers of blocks under these rules carry as version of the app. */
  readonly appVersion: bigint;
  /** In their order. */
  readonly modules: readonly AnyModule[];
  /** What leads here from the edition before. */
  readonly migrations: readonly Migration[];
}

/** The versions of an edition's modules, by name. */
export const versionsOf = ({ modules }: Edition): ReadonlyMap<string, bigint> =>
  new Map(modules.map(({ name, version }) => [name, BigInt(version)]));

function migrateModule(
  ctx: WriteCtx,
  { upgrade, migrations }: Edition,
  { name, version, genesis }: Module<unknown>,
  from: bigint | undefined,
): void {
  const stepFrom = (at: number) => migrations.find((step) => step.module === name && step.from === at);
  if (from === undefined) {
    genesis.init(ctx, genesis.codec.zero());
    stepFrom(0)?.run(ctx);
    return;
  }
  assert(from <= BigInt(version), `upgrade ${upgrade}: ${name} is at version ${from}, past ${version}`);
  for (let at = Number(from); at < version; at++) {
    const step = stepFrom(at);
    assert(step, `upgrade ${upgrade}: no migration of ${name} from version ${at}`);
    step.run(ctx);
  }
}

/**
 * Takes the state of all modules to the versions of an edition, module by module in its order; one that is
 * new begins empty. Stops the node where a migration is missing.
 */
export function migrate(ctx: WriteCtx, to: Edition, from: ReadonlyMap<string, bigint>): void {
  for (const module of to.modules as readonly unknown[] as readonly Module<unknown>[])
    migrateModule(ctx, to, module, from.get(module.name));
}
