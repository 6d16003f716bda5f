import type { WriteCtx } from "./ctx.ts";
import { assert } from "./error.ts";
import type { AnyModule, Invariant, Message, Query, Subscription } from "./module.ts";

/** All that the modules of a chain bring, looked up by name. */
export interface Registry {
  readonly modules: readonly AnyModule[];
  /** Messages that a transaction may carry. */
  readonly messages: ReadonlyMap<string, Message>;
  /** Messages that only governance sends, once a community has decided so. */
  readonly governed: ReadonlyMap<string, Message>;
  /** Messages that only a block's proposer may put in. */
  readonly injected: ReadonlyMap<string, Message>;
  readonly queries: ReadonlyMap<string, Query>;
  readonly invariants: readonly Invariant[];
  /** Runs the subscribers of a hook in module order. */
  fire(ctx: WriteCtx, hook: string, event: unknown): void;
}

function byName<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const map = new Map(entries);
  assert(map.size === entries.length, "two modules claim the same name");
  return map;
}

/** Puts modules together. Their order is that of genesis, of block hooks and of subscribers. */
export function registry(modules: readonly AnyModule[]): Registry {
  byName(modules.map((module) => [module.name, module]));
  const subscribers = new Map<string, Subscription[]>();
  for (const subscription of modules.flatMap(({ hooks }) => hooks ?? [])) {
    const known = subscribers.get(subscription.hook) ?? [];
    subscribers.set(subscription.hook, [...known, subscription]);
  }
  const all = modules.flatMap((module) => module.messages.map((m) => [m.typeUrl, m] as const));
  return {
    modules,
    messages: byName(all.filter(([, { handler }]) => handler.electorate === undefined)),
    governed: byName(all.filter(([, { handler }]) => handler.electorate !== undefined)),
    injected: byName(
      modules.flatMap((module) => (module.injected ?? []).map((m) => [m.typeUrl, m] as const)),
    ),
    queries: byName(modules.flatMap((module) => module.queries.map((q) => [q.path, q] as const))),
    invariants: modules.flatMap((module) => module.invariants),
    fire: (ctx, hook, event) => {
      for (const subscription of subscribers.get(hook) ?? []) subscription.run(ctx, event);
    },
  };
}
