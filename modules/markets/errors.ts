import { errorSet } from "#chain/kernel/error.ts";

/** Codes from 40 on belong to the market kinds (kind-errors.ts). */
export const errors = errorSet("markets", {
  NoRule: [2, "the game has no market rule"],
  NoMarket: [3, "the round has no market"],
  NoOrder: [4, "the operator has no order in this round"],
  BadHash: [5, "a commitment has 32 bytes"],
  SealedGame: [6, "orders of this game are sealed: a hash and no model"],
  OpenGame: [7, "orders of this game are open: a model and no hash"],
  NoModel: [8, "the order names a model that is not registered"],
  NotOwner: [9, "the order names a model of another owner"],
  LateModel: [10, "the model was registered after the round closed"],
  WrongTemplate: [11, "the game does not take models of this template"],
  WrongOrder: [12, "the opened order is not the committed one"],
  WrongStatus: [13, "the order is past this step"],
  WrongPredictions: [14, "the opened predictions are not the committed ones"],
  BadPredictions: [15, "predictions have the wrong length"],
  BadGenesis: [16, "genesis of the markets is not consistent"],
  NoOutcome: [17, "the round is not settled"],
  WrongKind: [18, "the game's market takes no such trades"],
  CostRefused: [19, "the trade costs more, or brings less, than its limit"],
  BadRule: [20, "the market rule does not fit the game's other rules"],
});
