import { commandOf, type Plan } from "./plan.ts";
import { type Report, simulate } from "./simulate.ts";

/** What several chains came to. */
export interface Totals extends Report {
  readonly chains: number;
  /** Of this process, over all threads. */
  readonly cpuSeconds: number;
}

export const nothing: Totals = {
  ...{ chains: 0, cpuSeconds: 0, rounds: 0, done: 0, isVoid: 0, skipped: 0 },
  ...{ blocks: 0, messages: 0, attacks: 0, convicted: 0 },
};

/** The sum of two runs. */
export function sumOf(a: Totals, b: Totals): Totals {
  const keys = Object.keys(nothing) as (keyof Totals)[];
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as Totals;
}

/** Plays chains one after the other; the failure of one names the command that plays it again. */
export async function playAll(plans: Iterable<Plan>): Promise<Totals> {
  let totals = nothing;
  for (const plan of plans) {
    const before = process.cpuUsage();
    try {
      const report = await simulate(plan);
      const { user, system } = process.cpuUsage(before);
      totals = sumOf(totals, { ...report, chains: 1, cpuSeconds: (user + system) / 1e6 });
    } catch (error) {
      throw new Error(`again, and smaller, with: ${commandOf(plan)}`, { cause: error });
    }
  }
  return totals;
}

/** Totals in a line. */
export function lineOf(totals: Totals): string {
  const { chains, rounds, done, isVoid, skipped, blocks, messages, attacks, convicted, cpuSeconds } = totals;
  const ends = `${rounds} rounds (${done} done, ${isVoid} void, ${skipped} skipped)`;
  const said = `${messages} messages, ${attacks} of them attacks, ${convicted} convicted`;
  const speed = `${cpuSeconds.toFixed(1)} s of CPU, ${(rounds / cpuSeconds).toFixed(1)} rounds/s`;
  return `${chains} chains, ${blocks} blocks, ${ends}; ${said}; ${speed}`;
}
