import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { addressKey } from "#chain/protocol/address.ts";
import type { Entry, Unbonding } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { displaced } from "./events.ts";
import { payOut } from "./leaving.ts";
import { validatorOf } from "./records.ts";
import { sharesBought } from "./stake.ts";
import { stakeAgain } from "./stake-again.ts";
import { bySize, departures, leavers } from "./state.ts";
import { saveUnbonding, unbondingOf } from "./under-way.ts";

// A slash of a validator looks at all that has left it or moved away, so there is a bound for each.

/** Entries that may be on their way out of one validator. */
const LEAVERS_MAX = 4_000n;
/** Entries that may stand for one validator from where they have moved to. */
const DEPARTURES_MAX = 1_000n;
/** Gas of the search for the smallest entry, which looks at all that the block has changed of stake. */
const SEARCH_GAS = 100_000n;

/** Fails with (validators, 25) where as much has moved away from a validator as may. */
export function ensureMayMove(ctx: ReadCtx, source: string): void {
  const entries = departures.get(ctx, source) ?? 0n;
  ensure(entries < DEPARTURES_MAX, errors.Crowded, { operator: source, moved: entries });
}

/** The smallest entry on its way out of a validator, of equals the latest, with the others of its owner. */
function smallestOf(
  ctx: ReadCtx,
  operator: string,
): { readonly unbonding: Unbonding; readonly entry: Entry } {
  for (const [[, , number], delegator] of bySize.under(ctx, addressKey, operator)) {
    const unbonding = unbondingOf(ctx, delegator, operator);
    const entry = unbonding.entries.find((each) => each.number === number);
    assert(entry, "an entry stands in the order of sizes that is not under way");
    return { unbonding, entry };
  }
  assert(false, "entries are counted that do not stand in the order of sizes");
}

/**
 * Makes room where as many entries are on their way out of a validator as may be, for another of so many
 * base units: the smallest entry, if it is smaller, is staked again as if its owner had cancelled it. One
 * that has come to its end is paid out instead, whatever its size. Fails with (validators, 25).
 */
export function makeRoom(ctx: WriteCtx, operator: string, amount: bigint): void {
  const leaving = leavers.get(ctx, operator) ?? 0n;
  if (leaving < LEAVERS_MAX) return;
  ctx.gas.consume(SEARCH_GAS);
  const { unbonding, entry } = smallestOf(ctx, operator);
  if (entry.endsMs <= ctx.timeMs) {
    payOut(ctx, unbonding, entry);
    return;
  }
  const { balance } = entry;
  ensure(balance < amount, errors.Crowded, { operator, leaving, smallest: balance });
  if (balance > 0n) {
    ensure(sharesBought(validatorOf(ctx, operator), balance), errors.Crowded, { operator, leaving });
    stakeAgain(ctx, unbonding, entry, balance);
  } else {
    // Slashes have left nothing that could be staked.
    saveUnbonding(ctx, { ...unbonding, entries: unbonding.entries.filter((each) => each !== entry) });
  }
  displaced(ctx, { delegator: unbonding.delegator, operator, amount: balance, height: entry.height });
}
