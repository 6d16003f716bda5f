import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("rounds", {
  NoGame: [2, "no such game"],
  NoRound: [3, "no such round"],
  WrongPhase: [4, "the round is in another phase"],
  BadGame: [5, "the game's parameters are not consistent"],
});
