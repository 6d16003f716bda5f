import { event } from "#chain/kernel/module.ts";
import { EventPhaseEntered } from "#proto/gen/iterum/rounds.ts";

export const phaseEnteredEvent = event(EventPhaseEntered);
