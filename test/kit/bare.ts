import { chainRegistry, storeSpaces } from "#chain/app/modules.ts";
import { writeCtx } from "#chain/kernel/block.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { initGenesis } from "#chain/kernel/genesis.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { START_MS } from "./chain.ts";
import { CHAIN_ID, type GenesisChoice, genesis } from "./genesis.ts";

/** The state of a chain without transactions, for what would take too many of them. */
export interface BareState {
  /** A context of the next block, which has begun. */
  next(): WriteCtx;
  /** Commits what the contexts so far have written. */
  commit(): Promise<void>;
}

/** A state that begins with a genesis. */
export function bareState(choice: GenesisChoice): BareState {
  const registry = chainRegistry();
  const store = memoryStore({ spaces: storeSpaces });
  let state = overlay(store);
  let height = 0n;
  const ctxAt = (): WriteCtx => {
    const timeMs = START_MS + height * 1_000n;
    const proposer = new Uint8Array(20);
    return writeCtx(
      registry,
      state,
      { chainId: CHAIN_ID, height, timeMs, proposer, verdicts: new Map() },
      [],
    );
  };
  initGenesis(ctxAt(), registry.modules, genesis(choice));
  return {
    next: () => {
      height += 1n;
      const ctx = ctxAt();
      for (const module of registry.modules) module.beginBlock?.(ctx);
      return ctx;
    },
    commit: async () => {
      await store.commit(store.stage(store.height + 1n, state.changes()));
      state = overlay(store);
    },
  };
}
