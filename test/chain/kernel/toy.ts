import { atomically, type BlockInfo, type Event, writeCtx } from "#chain/kernel/block.ts";
import type { ReadStore, WriteCtx } from "#chain/kernel/ctx.ts";
import { freeGas, type GasMeter } from "#chain/kernel/gas.ts";
import { textKey } from "#chain/kernel/keys.ts";
import type { AnyModule } from "#chain/kernel/module.ts";
import { defineModule, hook, on } from "#chain/kernel/module.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import { registry } from "#chain/kernel/registry.ts";
import { keyspace, u64Value } from "#chain/kernel/state.ts";
import { GenesisState } from "#proto/gen/iterum/rewards.ts";

const space = keyspace("toy");
export const counts = space.table(1, textKey, u64Value);
export const total = space.item(2, u64Value);

/** Somebody was counted. */
export const counted = hook<{ readonly name: string }>("toy.counted");

const genesis = { codec: GenesisState, init: () => undefined, dump: () => GenesisState.zero() };

/** Two modules: one counts, the other keeps the total by the first one's hook. */
const modules = [
  defineModule({ name: "toy", version: 1, messages: [], queries: [], invariants: [], genesis }),
  defineModule({
    name: "sum",
    version: 1,
    messages: [],
    queries: [],
    invariants: [],
    hooks: [on(counted, (ctx) => total.set(ctx, (total.find(ctx) ?? 0n) + 1n))],
    genesis,
  }),
] as readonly unknown[] as readonly AnyModule[];

export const toyRegistry = registry(modules);

const block: BlockInfo = {
  chainId: "toy",
  height: 1n,
  timeMs: 0n,
  proposer: new Uint8Array(0),
  verdicts: new Map(),
};

const nothing: ReadStore = { get: () => undefined, range: () => [] };

/** A store with its events, and a way to do things in it atomically. */
export interface Toy {
  readonly store: Overlay;
  readonly events: Event[];
  readonly ctx: WriteCtx;
  try<T>(work: (ctx: WriteCtx) => T, gas?: GasMeter): T;
}

export function toy(): Toy {
  const store = overlay(nothing);
  const events: Event[] = [];
  return {
    store,
    events,
    ctx: writeCtx(toyRegistry, store, block, events),
    try: (work, gas = freeGas) => atomically(toyRegistry, store, block, events, gas, work),
  };
}
