import { event } from "#chain/kernel/module.ts";
import { EventUpgradeCancelled, EventUpgraded, EventUpgradePlanned } from "#proto/gen/iterum/upgrade.ts";

export const planned = event(EventUpgradePlanned);
export const cancelled = event(EventUpgradeCancelled);
export const upgraded = event(EventUpgraded);
