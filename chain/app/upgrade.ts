import { type BlockInfo, type Event, readCtx, writeCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import { type Edition, migrate, versionsOf } from "#chain/kernel/edition.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import { registry } from "#chain/kernel/registry.ts";
import * as upgrade from "#modules/upgrade/api.ts";

/** The chain is under rules, or comes under rules, that this program does not know. */
export class UpgradeNeeded extends Error {
  override readonly name = "UpgradeNeeded";
}

/** What the next block begins with. */
export interface Eve {
  /** The rules that it runs under. */
  readonly edition: Edition;
  /** What an upgrade writes before it; undefined where there is none. */
  readonly upgraded?: { readonly state: Overlay; readonly events: readonly Event[] };
}

/** The latest rules that a program knows: those of chains that begin with it. */
export const latestEdition = (editions: readonly Edition[]): Edition => editions.at(-1) as Edition;

const shown = (name: string): string => (name === "" ? "the first rules" : `upgrade "${name}"`);
const known = (editions: readonly Edition[]): string =>
  editions.map((each) => shown(each.upgrade)).join(", ");

/** The rules of an upgrade; undefined where this program does not know it. */
export const editionNamed = (editions: readonly Edition[], name: string): Edition | undefined =>
  editions.find((each) => each.upgrade === name);

/** The rules that a state is under; undefined where this program does not know them. */
export const editionOf = (editions: readonly Edition[], ctx: ReadCtx): Edition | undefined =>
  editionNamed(editions, upgrade.edition(ctx));

/** The same, where it must. Throws UpgradeNeeded. */
export function knownEditionOf(editions: readonly Edition[], ctx: ReadCtx): Edition {
  const found = editionOf(editions, ctx);
  if (found) return found;
  const why = `the state of height ${ctx.height} is under ${shown(upgrade.edition(ctx))}`;
  const plan = upgrade.plan(ctx);
  throw new UpgradeNeeded(
    plan && editionNamed(editions, plan.name)
      ? `${why}: run the program of before until upgrade "${plan.name}" at height ${plan.height}`
      : `${why}, but this program knows ${known(editions)} only`,
  );
}

/** The rules that a genesis is for: its own where it was exported, else the latest. Throws UpgradeNeeded. */
export function editionOfGenesis(editions: readonly Edition[], appState: AppState): Edition {
  const { moduleVersions, edition = "" } = (appState["upgrade"] ?? {}) as {
    readonly moduleVersions?: unknown;
    readonly edition?: unknown;
  };
  if (!Array.isArray(moduleVersions) || moduleVersions.length === 0) return latestEdition(editions);
  const found = editionNamed(editions, `${edition}`);
  if (found) return found;
  throw new UpgradeNeeded(
    `genesis is under ${shown(`${edition}`)}, but this program knows ${known(editions)} only`,
  );
}

/** Runs the migrations of an upgrade over a state, between its block and the next. */
export function runUpgrade(edition: Edition, base: ReadStore, last: BlockInfo): Required<Eve> {
  const state = overlay(base);
  const events: Event[] = [];
  const info = { ...last, height: last.height + 1n };
  const ctx = writeCtx(registry(edition.modules), state, info, events);
  migrate(ctx, edition, upgrade.moduleVersions(ctx));
  upgrade.complete(ctx, edition.upgrade, versionsOf(edition));
  return { edition, upgraded: { state, events } };
}

/**
 * What the block after a state begins with: where an upgrade is due, its migrations over that state, with the
 * time of the last block. Throws UpgradeNeeded where this program does not know the rules of the next block.
 */
export function eveOf(editions: readonly Edition[], base: ReadStore, last: BlockInfo): Eve {
  const ctx = readCtx(base, last);
  const plan = upgrade.plan(ctx);
  if (plan && plan.height === last.height + 1n) {
    const next = editionNamed(editions, plan.name);
    if (next) return runUpgrade(next, base, last);
    const what = `upgrade "${plan.name}" at height ${plan.height} needs another program`;
    throw new UpgradeNeeded(`${what}${plan.info === "" ? "" : `: ${plan.info}`}`);
  }
  return { edition: knownEditionOf(editions, ctx) };
}
