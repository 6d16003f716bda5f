import { event } from "#chain/kernel/module.ts";
import {
  EventClawedBack,
  EventSuspected,
  EventVested,
  EventVestingStarted,
} from "#proto/gen/iterum/vesting.ts";

export const vestingStarted = event(EventVestingStarted);
export const vested = event(EventVested);
export const suspected = event(EventSuspected);
export const clawedBack = event(EventClawedBack);
