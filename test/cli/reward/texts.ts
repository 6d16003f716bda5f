import type { Program } from "#proto/gen/iterum/rewards.ts";

/** What the largest game with a panel lets a function cost. */
export const LIMITS = { itemsMax: 1000, panelSeats: 2 };

/** The text of a function of which tests look at one part. */
export const textOf = (parts: Partial<Readonly<Record<keyof Program, string>>> = {}): string => `{
  "item": {
    "use": ${parts.use ?? "item.authorLabel >= 0"},
    "label": ${parts.label ?? "item.authorLabel"},
    "weight": ${parts.weight ?? "1"}
  },
  "score": ${parts.score ?? "items.size() > 0 ? 1 : 0"},
  "scoreOnError": ${parts.scoreOnError ?? "0"}
}`;
