import type { Change, NodeStore } from "#chain/store/port.ts";
import type { Random } from "#trainer/random.ts";

/** An entry that a store was to change and wrote with one bit wrong. */
export interface Mutation {
  readonly height: bigint;
  readonly changed: Change;
}

/** How a process with such a store tells its starter of it. */
export interface MutationTold {
  readonly kind: "mutated";
  readonly space: string;
  /** In hexadecimal. */
  readonly key: string;
}

/** Whether a message of an app's process is that one. */
export const isMutation = (message: { readonly kind: string }): message is MutationTold =>
  message.kind === "mutated";

/** A store that writes one bit wrong at a height, in an entry that the block changes. */
export function mutatedStore(
  store: NodeStore,
  random: Random,
  at: bigint,
  told: (mutation: Mutation) => void,
): NodeStore {
  const stage: NodeStore["stage"] = (height, changes) => {
    if (height !== at) return store.stage(height, changes);
    const written = changes.filter(({ value }) => value !== undefined && value.length > 0);
    const chosen = written[random.below(written.length)];
    if (chosen === undefined) throw new Error("the block writes nothing");
    const value = Uint8Array.from(chosen.value ?? []);
    const index = random.below(value.length);
    value[index] = (value[index] ?? 0) ^ (1 << random.below(8));
    told({ height, changed: chosen });
    return store.stage(
      height,
      changes.map((each) => (each === chosen ? { ...each, value } : each)),
    );
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === "stage") return stage;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
