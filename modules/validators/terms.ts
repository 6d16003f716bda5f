import { ensure } from "#chain/kernel/error.ts";
import type { CommissionRates, Description } from "#proto/gen/cosmos/staking.ts";
import { errors } from "./errors.ts";
import { SHARE } from "./shares.ts";

/** What a field of a description says that is to stay as it is. */
const STAYS = "[do-not-modify]";
/** Longest texts of a description, in characters, as Cosmos SDK has them. */
const LENGTHS = { moniker: 70, identity: 3_000, website: 140, securityContact: 140, details: 280 } as const;
const FIELDS = Object.keys(LENGTHS) as (keyof typeof LENGTHS)[];

/** Fails with (validators, 6) unless there is a name and no text is too long. */
export function checkDescription(description: Description | undefined): asserts description is Description {
  ensure(description && description.moniker !== "", errors.BadDescription, { missing: "moniker" });
  for (const field of FIELDS)
    ensure(description[field].length <= LENGTHS[field], errors.BadDescription, { field });
}

/** A description with the fields of another that are not to stay. */
export function edited(before: Description, changes: Description): Description {
  const kept = FIELDS.map((field) => [field, changes[field] === STAYS ? before[field] : changes[field]]);
  return Object.fromEntries(kept) as unknown as Description;
}

/** Fails with (validators, 7) unless 0 ≤ rate ≤ greatest rate ≤ 1 and the change is at most that. */
export function checkCommission(rates: CommissionRates | undefined): asserts rates is CommissionRates {
  const sound =
    rates && rates.rate <= rates.maxRate && rates.maxRate <= SHARE && rates.maxChangeRate <= rates.maxRate;
  ensure(sound, errors.BadCommission);
}
