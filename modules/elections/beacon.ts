import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import {
  BEACON_SIGNATURE_BYTES,
  type BeaconClaim,
  beaconFor,
  beaconSignBytes,
  claimId,
  nextBeacon,
  verifyBeacon,
} from "#chain/protocol/beacon.ts";
import type { MsgBeacon, MsgBeaconResponse } from "#proto/gen/iterum/elections.ts";
import { errors } from "./errors.ts";
import { beaconMoved } from "./events.ts";
import { beacon, beaconKeys } from "./state.ts";

/** What the proposer of the height after the beacon's must sign. */
export function beaconMessage(ctx: ReadCtx): Uint8Array {
  const { height, value } = beacon.get(ctx);
  return beaconSignBytes(ctx.chainId, height + 1n, value);
}

/** What the signature of a block's proposer must show; fails with (elections, 4) where it has no key. */
export function beaconClaim(ctx: ReadCtx, proposer: Uint8Array, signature: Uint8Array): BeaconClaim {
  const key = beaconKeys.get(ctx, proposer);
  ensure(key, errors.NoBeaconKey);
  return { message: beaconMessage(ctx), signature, publicKey: key.publicKey };
}

/** Whether blocks must begin with a signed beacon: false on development chains without keys. */
export function beaconIsSigned(ctx: ReadCtx): boolean {
  for (const _ of beaconKeys.all(ctx)) return true;
  return false;
}

/** The beacon's value as a seed for one use: only once this block's proposer has signed. */
export function seedFor(ctx: ReadCtx, use: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const { height, value } = beacon.get(ctx);
  assert(height === ctx.height, "a draw before the block's beacon");
  return beaconFor(value, use, ...parts);
}

function move(ctx: WriteCtx, signature: Uint8Array): void {
  const value = nextBeacon(beacon.get(ctx).value, signature);
  beacon.set(ctx, { height: ctx.height, value });
  beaconMoved(ctx, { value });
}

/** Without keys the beacon moves by hashing alone: everybody can predict it, as genesis says. */
export function moveUnsigned(ctx: WriteCtx): void {
  if (!beaconIsSigned(ctx)) move(ctx, new Uint8Array(0));
}

/** Mixes the proposer's unique signature into the beacon (design: game.md §6). */
export const beaconHandler: Handler<MsgBeacon, MsgBeaconResponse> = {
  signer: () => "",
  check: ({ signature }) => ensure(signature.length === BEACON_SIGNATURE_BYTES, errors.BadBeacon),
  run: (ctx, { signature }) => {
    const claim = beaconClaim(ctx, ctx.proposer, signature);
    ensure(beacon.get(ctx).height === ctx.height - 1n, errors.BadBeacon, { height: ctx.height });
    // The verdict is reached ahead, faster than here; it follows from the claim alone.
    ensure(ctx.verdicts.get(claimId(claim)) ?? verifyBeacon(claim), errors.BadBeacon);
    move(ctx, signature);
    return {};
  },
};
