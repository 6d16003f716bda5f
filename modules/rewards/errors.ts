import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("rewards", {
  NoRule: [2, "the game has no reward rule"],
  BadRule: [3, "the game's reward rule is not consistent"],
});
