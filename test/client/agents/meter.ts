/** Counts the calls that are going on, so that a test can tell when everybody only waits. */
export interface Meter {
  begin(): void;
  end(): void;
  /** Resolves once nothing has been going on for several turns of the event loop. */
  quiet(): Promise<void>;
}

/** Turns without a call after which nobody is between two calls any more. */
const QUIET_TURNS = 8;

export function newMeter(): Meter {
  let running = 0;
  let calls = 0;
  return {
    begin: () => {
      running += 1;
      calls += 1;
    },
    end: () => {
      running -= 1;
    },
    quiet: async () => {
      for (let turns = 0, seen = calls; turns < QUIET_TURNS; turns++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (running > 0 || calls !== seen) turns = -1;
        seen = calls;
      }
    },
  };
}

/** Counts the time of one call. */
export async function metered<T>(meter: Meter, work: () => Promise<T> | T): Promise<T> {
  meter.begin();
  try {
    return await work();
  } finally {
    meter.end();
  }
}

/** A port whose every method is counted. */
export function meteredPort<T extends object>(meter: Meter, port: T): T {
  const methods = Object.entries(port).map(([name, method]) => [
    name,
    (...args: unknown[]) => metered(meter, () => (method as (...given: unknown[]) => unknown)(...args)),
  ]);
  return Object.fromEntries(methods) as T;
}
