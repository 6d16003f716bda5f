import { fromJson, type Json, toJson } from "#chain/proto/json.ts";
import type { ReadCtx, WriteCtx } from "./ctx.ts";
import { ensure, errorSet } from "./error.ts";
import type { AnyModule, Module } from "./module.ts";

export const errors = errorSet("genesis", {
  NotAnObject: [2, "the app state must be an object with one entry per module"],
  UnknownModule: [3, "the app state names a module that does not exist"],
  BadState: [4, "the state of a module does not decode"],
});

/** State of every module in proto3 JSON, by module name. */
export type AppState = Readonly<Record<string, Json>>;

const open = (module: AnyModule): Module<unknown> => module as unknown as Module<unknown>;

/**
 * Fills an empty state from genesis, module by module in their order. A module that is left out starts empty.
 */
export function initGenesis(ctx: WriteCtx, modules: readonly AnyModule[], state: AppState): void {
  const names = new Set(modules.map(({ name }) => name));
  for (const name of Object.keys(state)) ensure(names.has(name), errors.UnknownModule, { name });
  for (const module of modules.map(open)) {
    const { codec, init } = module.genesis;
    const json = Object.hasOwn(state, module.name) ? state[module.name] : undefined;
    init(ctx, json === undefined ? codec.zero() : decode(module, json));
  }
}

function decode({ name, genesis }: Module<unknown>, json: Json): unknown {
  try {
    return fromJson(genesis.codec, json);
  } catch (error) {
    throw errors.BadState({ module: name, why: error instanceof Error ? error.message : String(error) });
  }
}

/** Told of a module, and which of how many it is. */
export type OnModule = (name: string, index: number, count: number) => void;

/**
 * The state of every module as genesis: importing it gives an equal state. Tells of each module before it is
 * read.
 */
export function dumpGenesis(
  ctx: ReadCtx,
  modules: readonly AnyModule[],
  onModule: OnModule = () => undefined,
): AppState {
  const entries = modules.map(open).map(({ name, genesis }, index) => {
    onModule(name, index, modules.length);
    return [name, toJson(genesis.codec, genesis.dump(ctx))] as const;
  });
  return Object.fromEntries(entries);
}
