import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import type { Registry } from "#chain/kernel/registry.ts";
import { type BeaconClaim, claimId, verifyBeacon } from "#chain/protocol/beacon.ts";
import type { Bls } from "#chain/protocol/bls.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import * as elections from "#modules/elections/api.ts";
import { MsgBeacon } from "#proto/gen/iterum/elections.ts";
import { readInjected } from "./injected.ts";
import type { Block } from "./types.ts";

const VERDICTS_REMEMBERED = 64;

/** What the beacon of a block claims; undefined where there is nothing to judge: it will fail on its own. */
function claimOf(registry: Registry, ctx: ReadCtx, { txs, proposer }: Block): BeaconClaim | undefined {
  const [first] = txs;
  if (first === undefined || !elections.beaconIsSigned(ctx)) return undefined;
  try {
    const { type, value } = readInjected(registry, first);
    if (type.typeUrl !== MsgBeacon.typeUrl) return undefined;
    return elections.beaconClaim(ctx, proposer, (value as MsgBeacon).signature);
  } catch (error) {
    if (error instanceof ChainError) return undefined;
    throw error;
  }
}

/**
 * The verdict on the beacon of a block that follows a state, by the name of its claim. The state machine
 * reaches the same without it.
 */
export type BeaconJudge = (ctx: ReadCtx, block: Block) => ReadonlyMap<string, boolean>;

/** A judge that remembers its last verdicts: a block's beacon has mostly been judged in its proposal. */
export function beaconJudge(registry: Registry, bls: Bls): BeaconJudge {
  const cache = signatureCache(VERDICTS_REMEMBERED);
  return (ctx, block) => {
    const claim = claimOf(registry, ctx, block);
    if (claim === undefined) return new Map();
    const id = claimId(claim);
    const known = cache.verdict(id);
    const verdict = known ?? verifyBeacon(claim, bls);
    if (known === undefined) cache.add(id, verdict);
    return new Map([[id, verdict]]);
  };
}
