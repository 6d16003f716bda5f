import type { Round } from "./round.ts";
import type { Setting } from "./setting.ts";

/** Accounts that an adversary plays with; honest ones would earn with them too. */
export interface Accounts {
  readonly operators: number;
  /** Seats in a round, on average. */
  readonly seats: number;
}

/** Somebody who breaks the spirit of the rules, and keeps to what the chain lets through. */
export interface Adversary {
  readonly name: string;
  /** Two sentences: what it does, and what holds it back. */
  readonly what: string;
  /** The design's figure or expectation, as text. */
  readonly expected: string;
  readonly accounts: (setting: Setting) => Accounts;
  /** Shown to compare with, because the default rules do not allow it. */
  readonly isReference?: true;
  /** A player, which remembers earlier rounds; of each it tells the gain over honest play, tokens. */
  start(): (round: Round) => number | Promise<number>;
}

export const soleOperator = (): Accounts => ({ operators: 1, seats: 0 });

/** An operator with members of its own, who are a share of the community. */
export const withMembers =
  (share: number) =>
  ({ seats }: Setting): Accounts => ({ operators: 1, seats: share * seats });

/** Whether a member is the adversary's: the first of the community are. */
export const colludes =
  (share: number, { community }: Setting) =>
  (member: number): boolean =>
    member < share * community;
