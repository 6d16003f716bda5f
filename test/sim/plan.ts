/** How people play: as they should; with errors of every kind; or with errors and attacks. */
export const modes = ["behave", "fuzz", "adversary"] as const;
export type Mode = (typeof modes)[number];

/** What a simulation is made of: the same plan plays the same way. */
export interface Plan {
  readonly seed: string;
  /** Rounds that have to end, over all games. */
  readonly rounds: number;
  readonly mode: Mode;
  readonly games: number;
  /** Names of those who say nothing. */
  readonly without: readonly string[];
  /** On the real store, with a second app beside the first; else on a store without a tree, alone. */
  readonly isThorough: boolean;
}

/** The command that plays a plan again. */
export function commandOf({ seed, rounds, mode, games, without, isThorough }: Plan): string {
  const left = without.length > 0 ? ` --without ${without.join(",")}` : "";
  const how = isThorough ? " --thorough" : "";
  return `npm run sim -- --seed ${seed} --rounds ${rounds} --mode ${mode} --games ${games}${left}${how}`;
}

/** Plans that are a little smaller, the most promising first. */
function* smaller(plan: Plan, names: readonly string[]): Iterable<Plan> {
  const { rounds, games, without } = plan;
  if (games > 1) yield { ...plan, games: games - 1 };
  for (const fewer of new Set([rounds >> 1, rounds - 1])) if (fewer > 0) yield { ...plan, rounds: fewer };
  for (const name of names) if (!without.includes(name)) yield { ...plan, without: [...without, name] };
}

/**
 * The smallest plan found that still fails: fewer games, fewer rounds, fewer people, by leaving out one after
 * the other. At most `tries` plans are played.
 */
export async function shrink(
  failing: Plan,
  namesIn: (plan: Plan) => readonly string[],
  fails: (plan: Plan) => Promise<boolean>,
  tries: number,
): Promise<Plan> {
  let left = tries;
  for (let best = failing; ; ) {
    let found: Plan | undefined;
    for (const plan of smaller(best, namesIn(best))) {
      if (left-- <= 0) return best;
      if (!(await fails(plan))) continue;
      found = plan;
      break;
    }
    if (!found) return best;
    best = found;
  }
}
