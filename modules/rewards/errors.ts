import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("rewards", {
  NoRule: [2, "the game has no reward rule"],
  BadRule: [3, "the game's reward rule is not consistent"],
  RoundOpened: [4, "a reward function changes from a round that has not opened yet on"],
  NoProgram: [5, "no program of this hash"],
  TooManyAhead: [6, "too many reward functions wait for their rounds"],
});
