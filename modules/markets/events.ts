import { event } from "#chain/kernel/module.ts";
import {
  EventMarketOpened,
  EventOrderEnded,
  EventOrderOpened,
  EventOrderPlaced,
  EventPredictionsCommitted,
  EventPredictionsOpened,
  EventSettled,
  EventTraded,
} from "#proto/gen/iterum/markets.ts";

export const marketOpened = event(EventMarketOpened);
export const orderPlaced = event(EventOrderPlaced);
export const orderOpened = event(EventOrderOpened);
export const orderEnded = event(EventOrderEnded);
export const predictionsCommitted = event(EventPredictionsCommitted);
export const predictionsOpened = event(EventPredictionsOpened);
export const settled = event(EventSettled);
export const traded = event(EventTraded);
