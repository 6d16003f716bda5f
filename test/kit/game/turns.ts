import type { RoundRef } from "#chain/protocol/round-key.ts";
import type { Round } from "#proto/gen/iterum/rounds.ts";
import type { Said } from "../chain.ts";
import type { Random } from "./random.ts";

/** Everything that somebody has to do in a round. */
export const steps = [
  "registerModel",
  "placeOrder",
  "commitData",
  "openOrder",
  "revealInputs",
  "commitPredictions",
  "openPredictions",
  "commitPanelLabels",
  "revealLabels",
  "revealPanelLabels",
  "submitProof",
] as const;
export type Step = (typeof steps)[number];

/** What an actor may do instead of the right thing: nothing, the right thing a phase later, another thing. */
export type Quirk = "silent" | "late" | "wrong";

/** The quirk of an actor at a step of a round; undefined for the right thing. */
export type Quirks = (name: string, step: Step, roundId: bigint) => Quirk | undefined;

/** What an actor has to say now, and what it says when it gets it wrong. */
export interface Turn {
  readonly step: Step;
  right(): Said | Promise<Said>;
  wrong(): Said;
}

/** Where an actor is asked for its turn: a round as the chain knows it, and the secrets' source. */
export interface At {
  readonly round: Round;
  readonly ref: RoundRef;
  readonly random: Random;
  /** The label that the author of a content gave it: what an honest cross-labeller sees in it. */
  readonly labelOf: (contentHash: Uint8Array) => number;
}
