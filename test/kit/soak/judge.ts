import assert from "node:assert/strict";
import type { SoakReport } from "./soak.ts";

/** Whatever was done to the node, the chain is whole and nothing but the kills took the node down. */
export function expectSound(report: SoakReport): void {
  const { kills, downs, broken, offered, queries, told, txs, failed } = report;
  assert.ok(kills > 0);
  assert.equal(downs.length, kills, `down ${downs.length} times by ${kills} kills: ${downs.join("; ")}`);
  for (const why of downs) assert.match(why, /was killed by SIGKILL/);
  assert.deepEqual(broken, []);
  assert.ok(txs > failed && offered.accepted > 0 && queries.answered > 0);
  // An agent's step may fail while the node is down; one that the chain refuses for good is a bug.
  const refused = told.filter((event) => event.kind === "failed" && event.final && event.step !== "prove");
  assert.deepEqual(refused, []);
}

/** How many rounds came to their end, and how many orders were placed in all. */
export function playOf({ told }: SoakReport): { readonly rounds: number; readonly orders: number } {
  const settled = told.flatMap((event) => (event.kind === "settled" ? [event.roundId] : []));
  return {
    rounds: new Set(settled).size,
    orders: told.filter(({ kind }) => kind === "ordered").length,
  };
}

/** What was done, in lines. */
export function soakLines(seed: string, report: SoakReport): string[] {
  const { kills, height, txs, failed, offered, queries, falseProofs } = report;
  const { rounds, orders } = playOf(report);
  const sent = Object.entries(offered).map(([kind, count]) => `${count} ${kind}`);
  return [
    `seed ${seed}: ${kills} kills, height ${height}, ${txs} transactions of which ${failed} failed`,
    `offered: ${sent.join(", ")}; ${rounds} rounds ended, ${orders} orders; ${falseProofs} false proofs`,
    `${queries.answered} hostile queries answered, ${queries.failed} lost in outages`,
  ];
}
