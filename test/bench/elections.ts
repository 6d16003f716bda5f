import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import { drawCommittee } from "#modules/elections/draw.ts";
import { BONDS, clearUrns, putIn } from "#modules/elections/urn.ts";
import { bareState } from "../kit/bare.ts";
import { DENOM, GAME_ID } from "../kit/genesis.ts";
import type { Effort } from "./measure.ts";

const MEMBERS = { full: 100_000, quick: 2_000 };
const BOND = 7n;
const key = { gameId: GAME_ID, roundId: 1n };

/** What it takes to put members into an urn, to draw 25 of them with 10 alternates, and to pay back. */
export async function benchElections(effort: Effort): Promise<{
  readonly members: number;
  readonly enrolMicros: number;
  readonly drawMs: number;
  readonly clearMs: number;
}> {
  const members = MEMBERS[effort];
  const names = Array.from({ length: members }, (_, i) => moduleAddress(`candidate ${i}`));
  const state = bareState({
    ...{ members: [], others: [], treasury: 0n },
    ...{ committee: 25, alternates: 10, itemsMax: 500 },
  });
  const open = state.next();
  bank.mint(open, BONDS, DENOM, BOND * BigInt(members));
  const startMs = performance.now();
  for (const member of names) putIn(open, key, { member, weight: 1n, count: 64, bond: BOND });
  const enrolMs = performance.now() - startMs;
  await state.commit();
  const ctx = state.next();
  const closedMs = performance.now();
  drawCommittee(ctx, key);
  const drawnMs = performance.now();
  clearUrns(ctx);
  const clearMs = performance.now() - drawnMs;
  return { members, enrolMicros: (enrolMs * 1_000) / members, drawMs: drawnMs - closedMs, clearMs };
}
