import { event } from "#chain/kernel/module.ts";
import { EventReceived, EventSpent } from "#proto/gen/iterum/treasury.ts";

export const spent = event(EventSpent);
export const received = event(EventReceived);
