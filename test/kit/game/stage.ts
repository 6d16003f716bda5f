import type { ProofVerifier } from "#chain/verify/types.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { newChain } from "../chain.ts";
import type { GenesisChoice } from "../genesis.ts";
import { unprovableTemplate } from "../template.ts";
import { type Member, member } from "./member.ts";
import { type Operator, operator, type Predictor } from "./operator.ts";
import { type World, world } from "./play.ts";
import { seeded } from "./random.ts";

/** Long enough to say several things in each phase before it turns. */
export const roomy: Partial<Schedule> = {
  firstOpen: 12,
  open: 60,
  openOrders: 4,
  revealInputs: 4,
  revealInputs2: 4,
  predict: 4,
  openPredictions: 4,
  revealLabels: 4,
};

/** The shortest rounds: every phase has one block, and what is settled is so in one. */
export const brisk: Partial<Schedule> = {
  firstOpen: 3,
  open: 12,
  openOrders: 1,
  elect: 1,
  revealInputs: 1,
  revealInputs2: 1,
  predict: 1,
  openPredictions: 1,
  revealLabels: 1,
  prove: 1,
  settle: 3,
};

/**
 * Says class 1 with `sure` (65535ths) where the text has at least `words` of the first 24 of the vocabulary.
 */
export const wordCounter =
  (words: number, sure = 50_000): Predictor =>
  (inputs) =>
    inputs.map((values) => {
      const found = values.slice(0, 24).reduce((sum, count) => sum + count, 0);
      return found >= words ? sure : 65_535 - sure;
    });

export interface StageChoice extends Partial<Omit<GenesisChoice, "members">> {
  readonly members?: readonly Member[];
  readonly operators?: readonly Operator[];
  readonly seed?: string;
  readonly proofs?: ProofVerifier;
}

/** Five members and three operators on a new chain whose phases leave time. */
export function stage(choice: StageChoice = {}): World {
  const template = choice.templates?.[0] ?? unprovableTemplate();
  const {
    members = ["ann", "ben", "cat", "dan", "eve"].map((name) => member(name)),
    operators = ["olga", "otto", "ora"].map((name, i) => operator(name, template, wordCounter(2 + i))),
    seed = "stage",
    others = [],
    proofs,
    ...rest
  } = choice;
  const named = new Set(members.map(({ who }) => who.name));
  const people = {
    members: members.map(({ who }) => who),
    others: [...operators.map(({ who }) => who).filter(({ name }) => !named.has(name)), ...others],
  };
  const chain = newChain({ schedule: roomy, ...rest, ...people }, proofs ? { proofs } : {});
  return world(chain, { members, operators, random: seeded(seed) });
}
