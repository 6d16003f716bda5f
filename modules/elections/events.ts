import { event } from "#chain/kernel/module.ts";
import {
  EventBeacon,
  EventBeaconKeyRegistered,
  EventCouncilVoted,
  EventElected,
  EventSeatSlashed,
} from "#proto/gen/iterum/elections.ts";

export const beaconMoved = event(EventBeacon);
export const keyWasRegistered = event(EventBeaconKeyRegistered);
export const elected = event(EventElected);
export const seatSlashed = event(EventSeatSlashed);
export const councilVoted = event(EventCouncilVoted);
