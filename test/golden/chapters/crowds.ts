import { play as playEconomy } from "../../modules/distribution/economy.ts";
import { kindNames, play as playCrowd } from "../../modules/gov/crowd.ts";
import type { Chapter } from "./chapter.ts";

// Many who do whatever they like by chance: with their stake, and as communities that vote.

export const crowdChapters: readonly Chapter[] = [
  { name: "economy", work: () => playEconomy("golden economy", 130) },
  // The second half of another one, from what was exported in its middle.
  { name: "economy-exported", work: () => playEconomy("golden export", 120), exportedAt: 60n },
  ...kindNames.map((kind) => ({
    name: `crowd-${kind.replace("/1", "")}`,
    work: () => playCrowd(kind, "golden crowd", 100),
  })),
];
