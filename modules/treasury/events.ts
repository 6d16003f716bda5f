import { event } from "#chain/kernel/module.ts";
import {
  EventPlanSet,
  EventReceived,
  EventRoundShort,
  EventSpent,
  EventSubscribed,
  EventSubscriptionEnded,
} from "#proto/gen/iterum/treasury.ts";

export const spent = event(EventSpent);
export const received = event(EventReceived);
export const roundIsShort = event(EventRoundShort);
export const subscribed = event(EventSubscribed);
export const subscriptionEnded = event(EventSubscriptionEnded);
export const planSet = event(EventPlanSet);
