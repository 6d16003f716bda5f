import { type BlockInfo, writeCtx } from "#chain/kernel/block.ts";
import type { ReadStore, ValidatorUpdate, WriteCtx } from "#chain/kernel/ctx.ts";
import { versionsOf } from "#chain/kernel/edition.ts";
import { initGenesis } from "#chain/kernel/genesis.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import * as upgrade from "#modules/upgrade/api.ts";
import { chainIdItem, timeItem } from "./base.ts";
import type { Era } from "./era.ts";
import { foundSet } from "./founding.ts";
import type { Genesis } from "./types.ts";

/** A chain before its first block. */
export interface Beginning {
  readonly state: Overlay;
  readonly block: BlockInfo;
  readonly ctx: WriteCtx;
  /** The set to begin with; empty to keep that of consensus. */
  readonly validators: readonly ValidatorUpdate[];
}

/** Fills the state of a chain from genesis, under the rules that it is for. */
export function beginChain(store: ReadStore, { edition, machine }: Era, genesis: Genesis): Beginning {
  const { chainId, timeMs, initialHeight, appState } = genesis;
  const proposer = new Uint8Array(0);
  const block = { chainId, height: initialHeight - 1n, timeMs, proposer, verdicts: new Map() };
  const state = overlay(store);
  const ctx = writeCtx(machine.registry, state, block, []);
  chainIdItem.set(ctx, chainId);
  timeItem.set(ctx, timeMs);
  initGenesis(ctx, machine.registry.modules, appState);
  upgrade.begin(ctx, edition.upgrade, versionsOf(edition));
  return { state, block, ctx, validators: foundSet(machine, ctx, genesis.validators) };
}
