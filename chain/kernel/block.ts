import type { Evidence, Hook, ReadCtx, ReadStore, Vote, WriteCtx, WriteStore } from "./ctx.ts";
import { stopsNode } from "./error.ts";
import { freeGas, type GasMeter, gasMeter, gasPrices } from "./gas.ts";
import { governed } from "./governed.ts";
import { overlay } from "./overlay.ts";
import type { Registry } from "./registry.ts";

/** What is the same for everything that happens in one block. */
export interface BlockInfo {
  readonly chainId: string;
  readonly height: bigint;
  readonly timeMs: bigint;
  /** Consensus address, 20 bytes; empty at genesis and in queries. */
  readonly proposer: Uint8Array;
  readonly verdicts: ReadonlyMap<string, boolean>;
  /** The commit of the block before; by default nobody's. */
  readonly votes?: readonly Vote[];
  /** By default none. */
  readonly evidence?: readonly Evidence[];
}

/** An event as CometBFT indexes it: a type and ordered attributes. */
export interface Event {
  readonly type: string;
  readonly attributes: readonly (readonly [string, string])[];
}

export const readCtx = (store: ReadStore, { chainId, height, timeMs }: BlockInfo): ReadCtx => ({
  store,
  chainId,
  height,
  timeMs,
});

const [readFlat, readPerByte] = [Number(gasPrices.readFlat), Number(gasPrices.readPerByte)];
const [writeFlat, writePerByte] = [Number(gasPrices.writeFlat), Number(gasPrices.writePerByte)];
const [iterateFlat, deleteFlat] = [Number(gasPrices.iterateFlat), Number(gasPrices.deleteFlat)];

/** Charges gas for every access to a store. */
function metered(store: WriteStore, gas: GasMeter): WriteStore {
  return {
    get: (space, key, id) => {
      const value = store.get(space, key, id);
      gas.charge(readFlat + readPerByte * (key.length + (value?.length ?? 0)));
      return value;
    },
    *range(space, start, end) {
      for (const entry of store.range(space, start, end)) {
        gas.charge(iterateFlat + readPerByte * (entry[0].length + entry[1].length));
        yield entry;
      }
    },
    set: (space, key, value, id) => {
      gas.charge(writeFlat + writePerByte * (key.length + value.length));
      store.set(space, key, value, id);
    },
    delete: (space, key, id) => {
      gas.charge(deleteFlat);
      store.delete(space, key, id);
    },
  };
}

/** A context that writes into `store` and collects events into `events`. */
export function writeCtx(
  registry: Registry,
  store: WriteStore,
  block: BlockInfo,
  events: Event[],
  gas: GasMeter = freeGas,
): WriteCtx {
  const ctx: WriteCtx = {
    ...block,
    votes: block.votes ?? [],
    evidence: block.evidence ?? [],
    store: gas === freeGas ? store : metered(store, gas),
    gas,
    emit: (type, attributes) => void events.push({ type, attributes }),
    fire: <E>(hook: Hook<E>, event: E) => registry.fire(ctx, hook.name, event),
    electorateOf: (message, authority) => governed(registry, message, authority).electorate,
    enact: (messages, authority, gasLimit) => {
      try {
        atomically(registry, store, block, events, gasMeter(gasLimit), (inner) => {
          for (const message of messages) {
            inner.emit("message", [
              ["action", message.typeUrl],
              ["sender", authority],
            ]);
            governed(registry, message, authority).run(inner);
          }
        });
        return undefined;
      } catch (error) {
        if (stopsNode(error)) throw error;
        return error as Error;
      }
    },
  };
  return ctx;
}

/**
 * Runs `work` over a savepoint: what it wrote and emitted stays only when it returns. Throws what it threw.
 */
export function atomically<T>(
  registry: Registry,
  store: WriteStore,
  block: BlockInfo,
  events: Event[],
  gas: GasMeter,
  work: (ctx: WriteCtx) => T,
): T {
  const savepoint = overlay(store);
  const emitted: Event[] = [];
  const result = work(writeCtx(registry, savepoint, block, emitted, gas));
  savepoint.applyTo(store);
  events.push(...emitted);
  return result;
}
