import type { Plan } from "#test/sim/plan.ts";
import { simulate } from "#test/sim/simulate.ts";
import type { Chapter } from "./chapter.ts";

// Four games as the simulation sets them up, with seeds by which each chain has every kind of market.

const games = (name: string, plan: Pick<Plan, "seed" | "mode" | "rounds">, exportedAt?: bigint): Chapter => ({
  name: `games-${name}`,
  work: () => simulate({ games: 4, without: [], isThorough: true, ...plan }),
  ...(exportedAt !== undefined && { exportedAt }),
});

export const gameChapters: readonly Chapter[] = [
  games("behave", { seed: "golden behave 1720", mode: "behave", rounds: 16 }),
  games("fuzz", { seed: "golden fuzz 34", mode: "fuzz", rounds: 20 }),
  games("adversary", { seed: "golden adversary 76", mode: "adversary", rounds: 20 }),
  games("exported", { seed: "golden fuzz 0", mode: "fuzz", rounds: 17 }, 40n),
];
