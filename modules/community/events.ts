import { event } from "#chain/kernel/module.ts";
import { EventEthereumBound } from "#proto/gen/iterum/community.ts";

export const ethereumBound = event(EventEthereumBound);
