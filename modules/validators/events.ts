import { event } from "#chain/kernel/module.ts";
import {
  EventConsensusKeyRotated,
  EventSeatLeft,
  EventSeatTaken,
  EventSlashed,
  EventUnbondingDisplaced,
  EventValidatorCreated,
  EventValidatorEdited,
} from "#proto/gen/iterum/validators.ts";

export const validatorWasCreated = event(EventValidatorCreated);
export const validatorWasEdited = event(EventValidatorEdited);
export const keyWasRotated = event(EventConsensusKeyRotated);
export const displaced = event(EventUnbondingDisplaced);
export const slashed = event(EventSlashed);
export const seatTaken = event(EventSeatTaken);
export const seatLeft = event(EventSeatLeft);
