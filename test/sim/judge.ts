import assert from "node:assert/strict";
import type { Deed } from "#test/kit/game/play.ts";

/**
 * What may go wrong although nobody erred now: empty purses, full slots, smaller markets, an earlier error.
 */
const excused: ReadonlySet<string> = new Set([
  "sdk/5",
  "markets/41",
  "markets/43",
  "commitments/3",
  "commitments/11",
  "markets/14",
  "markets/8",
  // A member that was slashed before, and an urn that takes no more.
  "elections/8",
  "elections/9",
]);

/** Errors that avenge themselves at a later step of the same actor alone. */
const excusedAt: ReadonlySet<string> = new Set(["revealPanelLabels commitments/12"]);

/** A trade may come too late for its limits: others of the same block have moved the price. */
const excusedTrades: ReadonlySet<string> = new Set([
  "sdk/5",
  "markets/19",
  "markets/49",
  "markets/50",
  "markets/52",
  "markets/53",
]);

const taken: ReadonlySet<string> = new Set([
  "wrong commitData",
  "wrong commitPredictions",
  "wrong commitPanelLabels",
  "late registerModel",
]);

/** What must fail whatever else happens. */
const hopeless: ReadonlySet<string> = new Set(["repeat", "foreign", "slander"]);

/** Fails unless what the chain said to a deed is what it must say. */
export function judge({ name, step, quirk, codespace, code, roundId }: Deed): void {
  const said = `${codespace}/${code}`;
  const whose = `${step} of ${name} in round ${roundId}: ${said}`;
  if (hopeless.has(step)) assert.notEqual(code, 0, whose);
  // Whom the spy names may have been convicted or have opened since; then nothing is due of it.
  else if (step === "denounce") assert.ok(code === 0 || said === "elections/5" || said === "rounds/4", whose);
  else if (step === "trade" && quirk === undefined) assert.ok(code === 0 || excusedTrades.has(said), whose);
  else if (quirk === undefined)
    assert.ok(code === 0 || excused.has(said) || excusedAt.has(`${step} ${said}`), whose);
  // These are taken as they are; the wrong ones avenge themselves at the opening.
  else if (!taken.has(`${quirk} ${step}`)) assert.notEqual(code, 0, `${quirk} ${whose}`);
}
