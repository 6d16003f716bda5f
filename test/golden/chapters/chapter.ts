import type { Rules } from "../format.ts";

/** A chain that is recorded. */
export interface Chapter {
  readonly name: string;
  /** Plays the chain, the same each time; the first one that begins while it runs is recorded. */
  readonly work: () => Promise<unknown>;
  /** By default the chain's own. */
  readonly rules?: Rules;
  /** Judges proofs while the recording is made; by default none may come. */
  readonly isTrue?: (proof: Uint8Array) => boolean;
  /** Where the recording begins, at the state as it was exported; by default with the chain. */
  readonly exportedAt?: bigint;
}
