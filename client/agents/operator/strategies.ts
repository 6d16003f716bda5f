import type { Strategy } from "./types.ts";

/** Trains the architecture on everything that is open; sits out while that is nothing. */
export const trainedStrategy = (architecture: string, depositPpm: number): Strategy => ({
  name: `trained ${architecture}`,
  architecture,
  depositPpm,
  choose: async (task, set, trainer) => (set.labels.length > 0 ? await trainer.train(task, set) : undefined),
});

/** Knows nothing: random weights. What it loses shows what knowledge is worth. */
export const guessingStrategy = (architecture: string, depositPpm: number): Strategy => ({
  name: `guessing ${architecture}`,
  architecture,
  depositPpm,
  choose: (task, _set, trainer) => trainer.random(task),
});
