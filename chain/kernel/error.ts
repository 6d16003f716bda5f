/** What went wrong, in figures and names that are safe to show: never a secret. */
export type Details = Readonly<Record<string, string | number | bigint | boolean>>;

const show = (details: Details): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

/** An expected failure: the transaction is reverted and the pair (codespace, code) is part of consensus. */
export class ChainError extends Error {
  override readonly name: string = "ChainError";
  readonly codespace: string;
  readonly code: number;
  readonly details: Details;

  constructor(codespace: string, code: number, text: string, details: Details = {}) {
    const shown = show(details);
    super(shown === "" ? text : `${text} (${shown})`);
    this.codespace = codespace;
    this.code = code;
    this.details = details;
  }
}

/** A bug in the state machine itself: the node must stop rather than go on with a state it cannot trust. */
export class ChainBug extends Error {
  override readonly name: string = "ChainBug";
}

const isStackOverflow = (error: Error): boolean =>
  error instanceof RangeError && error.message.includes("call stack");

/**
 * Whether a thrown value must stop the node: a ChainBug, what is no Error, and a full stack, which no two
 * nodes need meet at the same place. Anything else undoes a transaction alone.
 */
export const stopsNode = (error: unknown): boolean =>
  !(error instanceof Error) || error instanceof ChainBug || isStackOverflow(error);

export type ErrorFactory = ((details?: Details) => ChainError) & {
  readonly codespace: string;
  readonly code: number;
  readonly text: string;
};

/** The errors of one module: name → [code ≥ 2, text]. Codes never change once released. */
export function errorSet<const T extends Readonly<Record<string, readonly [code: number, text: string]>>>(
  codespace: string,
  table: T,
): { readonly [K in keyof T]: ErrorFactory } {
  const factories = Object.entries(table).map(([name, [code, text]]) => {
    const make = (details: Details = {}): ChainError => new ChainError(codespace, code, text, details);
    return [name, Object.assign(make, { codespace, code, text })] as const;
  });
  return Object.fromEntries(factories) as { readonly [K in keyof T]: ErrorFactory };
}

/** Fails the transaction with the given error unless the condition holds. For mistakes of users. */
export function ensure(condition: unknown, failure: ErrorFactory, details?: Details): asserts condition {
  if (!condition) throw failure(details);
}

/** Stops the node unless the condition holds. For mistakes of ours. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new ChainBug(what);
}
