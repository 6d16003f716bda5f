import { event } from "#chain/kernel/module.ts";
import {
  EventEthereumBound,
  EventMemberJoined,
  EventMemberLeft,
  EventSnapshotSet,
  EventStakeChanged,
} from "#proto/gen/iterum/community.ts";

export const ethereumBound = event(EventEthereumBound);
export const memberJoined = event(EventMemberJoined);
export const memberLeft = event(EventMemberLeft);
export const stakeChanged = event(EventStakeChanged);
export const snapshotSet = event(EventSnapshotSet);
