/** Exit codes of the program. */
export const exitCodes = { failure: 1, usage: 2, configuration: 78, interrupted: 130 } as const;

/** A failure that is told in one line: what is wrong and, where there is one, the way out. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? exitCodes.failure;
  }
}

/** Throws a CliError unless the condition holds. */
export function ensureCli(condition: unknown, message: string): asserts condition {
  if (!condition) throw new CliError(message);
}

/** The message of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
