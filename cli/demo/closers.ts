import { messageOf } from "#cli/errors.ts";
import { note } from "#cli/output.ts";

/** Closes what was opened, last first, whatever happens. */
export class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  /** Will close this before everything that was added earlier. */
  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Closes everything; a failure is told and does not keep the rest open. */
  async closeAll(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse())
      await close().catch((error: unknown) => note(`! while closing: ${messageOf(error)}`));
  }
}
