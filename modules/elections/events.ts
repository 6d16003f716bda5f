import { event } from "#chain/kernel/module.ts";
import {
  EventBeacon,
  EventCouncilVoted,
  EventElected,
  EventSeatSlashed,
} from "#proto/gen/iterum/elections.ts";

export const beaconMoved = event(EventBeacon);
export const elected = event(EventElected);
export const seatSlashed = event(EventSeatSlashed);
export const councilVoted = event(EventCouncilVoted);
