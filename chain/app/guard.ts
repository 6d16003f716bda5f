import { ChainBug } from "#chain/kernel/error.ts";

/** Ambient things that differ between two nodes that run the same block. */
const sources = [
  [Date, "now"],
  [Math, "random"],
  [performance, "now"],
  [crypto, "getRandomValues"],
  [crypto, "randomUUID"],
  [globalThis, "setTimeout"],
  [globalThis, "setInterval"],
  [globalThis, "setImmediate"],
  [globalThis, "queueMicrotask"],
  [globalThis, "fetch"],
] as const;

/**
 * Runs synchronous work during which clock, entropy, timers and network throw. For tests: it costs a little.
 */
export function guarded<T>(work: () => T): T {
  const saved = sources.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
  for (const [owner, name] of sources) {
    const forbidden = (): never => {
      throw new ChainBug(`the state machine reached for ${name}`);
    };
    Object.defineProperty(owner, name, { value: forbidden, configurable: true, writable: true });
  }
  try {
    return work();
  } finally {
    for (const [i, [owner, name]] of sources.entries()) {
      const descriptor = saved[i];
      // An inherited property has no descriptor of its own: removing ours uncovers it again.
      if (descriptor) Object.defineProperty(owner, name, descriptor);
      else Reflect.deleteProperty(owner, name);
    }
  }
}
