import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("games", {
  Incomplete: [2, "a rule of the game is missing, or is another game's"],
  TooEarly: [3, "the round has opened, or the height has passed"],
  TooManyAhead: [4, "too many changes of the game wait for their rounds"],
  NoChange: [5, "nothing is to be changed"],
});
