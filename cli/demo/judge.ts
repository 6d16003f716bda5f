import { toHex } from "#chain/bytes/hex.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { typedGenesis } from "#cli/genesis/base.ts";
import type { CreatedNet } from "#cli/home/create.ts";
import { withState } from "#cli/node/state.ts";
import type { Records } from "./record.ts";

/** What must be true at the end of a demo. */
export interface Verdict {
  /** Rounds asked for that have ended, DONE, VOID or SKIPPED. */
  readonly roundsEnded: number;
  readonly proofsDue: number;
  readonly proofsVerified: number;
  readonly invariants: readonly { readonly name: string; readonly holds: boolean }[];
  /** Base units in all accounts at genesis and now. */
  readonly supplyBefore: bigint;
  readonly supplyAfter: bigint;
  /** Last committed height and its app hash. */
  readonly height: bigint;
  readonly appHash: string;
}

/** All coins of all accounts, module accounts among them. */
const sumOf = (state: AppState): bigint =>
  typedGenesis(state, "state").bank.balances.reduce((sum, { amount }) => sum + amount, 0n);

/** Judges the state of the demo's stopped node and what was recorded of its rounds. */
export async function judge(
  { layout, appState }: CreatedNet,
  records: Records,
  rounds: number,
): Promise<Verdict> {
  const played = records.rounds().filter(({ roundId }) => roundId <= BigInt(rounds));
  const state = await withState(layout, (app) => ({
    ...app.info(),
    invariants: app.invariants(),
    supplyAfter: sumOf(app.dump()),
  }));
  return {
    ...state,
    roundsEnded: played.filter(({ ended }) => ended !== undefined).length,
    proofsDue: played.flatMap(({ due }) => due).reduce((sum, { batches }) => sum + batches, 0),
    proofsVerified: played.reduce((sum, { proofs }) => sum + proofs.length, 0),
    supplyBefore: sumOf(appState),
    appHash: toHex(state.appHash),
  };
}

/** What of it is not as it must be, a line each. Nothing mints on this chain, so coins only move. */
export function complaints(verdict: Verdict, rounds: number): string[] {
  const { roundsEnded, proofsDue, proofsVerified, invariants, supplyBefore, supplyAfter } = verdict;
  const wrong: string[] = [];
  if (roundsEnded < rounds) wrong.push(`${roundsEnded} of ${rounds} rounds ended`);
  if (proofsVerified < proofsDue) wrong.push(`${proofsVerified} of ${proofsDue} proofs due were verified`);
  for (const { name, holds } of invariants) if (!holds) wrong.push(`broken: ${name}`);
  if (supplyAfter !== supplyBefore)
    wrong.push(`coins do not add up: ${supplyBefore} at genesis, ${supplyAfter} now`);
  return wrong;
}
