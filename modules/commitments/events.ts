import { event } from "#chain/kernel/module.ts";
import {
  EventDataCommitted,
  EventDenounced,
  EventInputsRevealed,
  EventItemsFinal,
  EventLabelsRevealed,
  EventModelRegistered,
  EventPanelCommitted,
  EventPanelDrawn,
  EventPanelRevealed,
} from "#proto/gen/iterum/commitments.ts";

export const modelRegistered = event(EventModelRegistered);
export const dataCommitted = event(EventDataCommitted);
export const inputsRevealed = event(EventInputsRevealed);
export const labelsRevealed = event(EventLabelsRevealed);
export const itemsFinal = event(EventItemsFinal);
export const panelDrawn = event(EventPanelDrawn);
export const panelCommitted = event(EventPanelCommitted);
export const panelRevealed = event(EventPanelRevealed);
export const denounced = event(EventDenounced);
