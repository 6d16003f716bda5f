import { errorSet } from "#chain/kernel/error.ts";

/** Mistakes of users that market kinds refuse; codes from 40 on in the codespace of the module. */
export const kindErrors = errorSet("markets", {
  ParamsRefused: [40, "market parameters are outside the protocol's bounds"],
  BoundRefused: [41, "the bound is not between the smallest and the largest deposit"],
  OperatorHasOrder: [42, "the operator already has an order in this round"],
  SlotsTaken: [43, "all slots are taken by larger bounds"],
  DepositRefused: [44, "the deposit is below the smallest deposit or above the bound"],
  OrderUnknown: [45, "the operator has no live order in this round"],
  PredictionsRefused: [46, "predictions are incomplete or below the clip"],
  OutcomeUnknown: [48, "the market has no such outcome"],
  TradeTooSmall: [49, "the trade is worth less than one base unit"],
  OutOfRange: [50, "no more shares of the outcome are sold: its price is one"],
  SharesMissing: [51, "more shares are sold than held"],
  LimitReached: [52, "the price is at its limit already"],
  HoldersFull: [53, "as many accounts hold shares as the market can pay"],
});
