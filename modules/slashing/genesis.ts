import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as validators from "#modules/validators/api.ts";
import type { GenesisState } from "#proto/gen/iterum/slashing.ts";
import { errors } from "./errors.ts";
import { bitsAreCounted } from "./invariants.ts";
import { checkParams, DEFAULTS } from "./params.ts";
import { missedBits, params, records } from "./state.ts";

/** Puts parameters, and the records of an exported chain, into the state. */
export function initSlashing(ctx: WriteCtx, genesis: GenesisState): void {
  const isEmpty = !genesis.params && genesis.records.length === 0 && genesis.missed.length === 0;
  if (!validators.isStaked(ctx)) {
    ensure(isEmpty, errors.BadGenesis, { missing: "stake" });
    return;
  }
  const given = genesis.params ?? DEFAULTS;
  checkParams(given);
  params.set(ctx, given);
  for (const record of genesis.records) {
    const { operator } = record;
    const isNew = validators.validator(ctx, operator) && !records.has(ctx, operator);
    ensure(isNew, errors.BadGenesis, { operator });
    records.set(ctx, operator, record);
  }
  for (const { operator, part, bits } of genesis.missed) {
    const isNew = records.has(ctx, operator) && !missedBits.has(ctx, [operator, part]);
    ensure(isNew, errors.BadGenesis, { operator, part });
    missedBits.set(ctx, [operator, part], bits);
  }
  ensure(bitsAreCounted.holds(ctx), errors.BadGenesis, { broken: bitsAreCounted.name });
}

/** The whole state as genesis. */
export const dumpSlashing = (ctx: ReadCtx): GenesisState => ({
  params: params.find(ctx),
  records: [...records.all(ctx)].map(([, record]) => record),
  missed: [...missedBits.all(ctx)].map(([[operator, part], bits]) => ({ operator, part, bits })),
});
