import { event } from "#chain/kernel/module.ts";
import {
  EventDataCommitted,
  EventInputsRevealed,
  EventItemsFinal,
  EventLabelsRevealed,
  EventModelRegistered,
} from "#proto/gen/iterum/commitments.ts";

export const modelRegistered = event(EventModelRegistered);
export const dataCommitted = event(EventDataCommitted);
export const inputsRevealed = event(EventInputsRevealed);
export const labelsRevealed = event(EventLabelsRevealed);
export const itemsFinal = event(EventItemsFinal);
