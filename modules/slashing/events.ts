import { event } from "#chain/kernel/module.ts";
import { EventJailed, EventUnjailed } from "#proto/gen/iterum/slashing.ts";

export const jailed = event(EventJailed);
export const unjailed = event(EventUnjailed);
