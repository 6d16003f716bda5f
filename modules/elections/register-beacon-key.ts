import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { BEACON_SIGNATURE_BYTES, verifyPossession } from "#chain/protocol/beacon.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import type {
  ComingBeaconKey,
  MsgRegisterBeaconKey,
  MsgRegisterBeaconKeyResponse,
  QueryBeaconKeyResponse,
} from "#proto/gen/iterum/elections.ts";
import { beaconIsSigned } from "./beacon.ts";
import { errors } from "./errors.ts";
import { keyWasRegistered } from "./events.ts";
import { beaconKeys, comingKeys, comings, goings } from "./state.ts";

/** Bytes of a beacon key. */
const KEY_BYTES = 96;
/** Gas of the pairing that a proof of possession takes: some 20 ms. */
const POSSESSION_GAS = 10_000_000n;
/**
 * Blocks before a key holds. Whoever proposes several blocks in a row knows the beacon of all of them ahead,
 * and could choose the key whose next value suits it: nobody proposes so many in a row.
 */
const KEY_DELAY = 20n;
/** Blocks in which one that leaves the set can still propose, that of its leaving among them, and a spare. */
const GOING_DELAY = 3n;

/** Gives the sender's validator a key to sign the beacon with, some blocks later. */
export const registerBeaconKey: Handler<MsgRegisterBeaconKey, MsgRegisterBeaconKeyResponse> = {
  signer: ({ operator }) => operator,
  check: ({ operator, publicKey, possession }) => {
    const isFormed = publicKey.length === KEY_BYTES && possession.length === BEACON_SIGNATURE_BYTES;
    ensure(isFormed && parseAddress(operator), errors.BadBeaconKey);
  },
  run: (ctx, { operator, publicKey, possession }) => {
    // A first key would make every proposer owe a signature.
    ensure(beaconIsSigned(ctx), errors.BeaconUnsigned);
    validators.validatorOf(ctx, operator);
    ensure(!comingKeys.has(ctx, operator), errors.KeyIsComing, { operator });
    ctx.gas.consume(POSSESSION_GAS);
    ensure(verifyPossession(possession, publicKey), errors.BadBeaconKey, { operator });
    const height = ctx.height + KEY_DELAY;
    announce(ctx, { height, operator, publicKey, possession });
    keyWasRegistered(ctx, { operator, height });
    return { height };
  },
};

/** Stores a key that is to hold after a height. */
export function announce(ctx: WriteCtx, coming: ComingBeaconKey): void {
  comingKeys.set(ctx, coming.operator, coming);
  comings.set(ctx, [coming.height, coming.operator], true);
}

function arrive(ctx: WriteCtx, operator: string): void {
  const coming = comingKeys.get(ctx, operator);
  comingKeys.delete(ctx, operator);
  const validator = validators.validator(ctx, operator);
  if (!coming || !validator) return;
  const { publicKey, possession } = coming;
  const address = consensusAddress(validator.publicKey);
  // A consensus key that it had may propose once more, with the new secret: its node has no other.
  for (const key of [address, ...formerKeys(ctx, operator)])
    beaconKeys.set(ctx, key, { validator: key, publicKey, possession });
  validators.setReady(ctx, operator, true);
}

/** Consensus addresses of a validator that go, and may still propose. */
function formerKeys(ctx: ReadCtx, operator: string): readonly Uint8Array[] {
  const going = [...goings.all(ctx)].map(([[, address]]) => address);
  return going.filter(
    (address) =>
      beaconKeys.has(ctx, address) && validators.byConsensusAddress(ctx, address)?.operator === operator,
  );
}

/** Lets the key of a consensus address go once it can propose no more. */
export const letGo = (ctx: WriteCtx, address: Uint8Array): void => {
  if (beaconKeys.has(ctx, address)) goings.set(ctx, [ctx.height + GOING_DELAY, address], true);
};

/** Whether a consensus address proposes, or may do so without another word of its operator. */
function mayPropose(ctx: ReadCtx, address: Uint8Array): boolean {
  if (validators.isSeated(ctx, address)) return true;
  const validator = validators.byConsensusAddress(ctx, address);
  return validator !== undefined && equalBytes(consensusAddress(validator.publicKey), address);
}

/** Lets a validator of genesis be elected whose key genesis has. */
export function greet(ctx: WriteCtx, operator: string): void {
  if (keyOf(ctx, operator).key) validators.setReady(ctx, operator, true);
}

/** Lets a validator's other consensus address sign with the beacon key that it has. */
export function carryOver(ctx: WriteCtx, from: Uint8Array, to: Uint8Array): void {
  const key = beaconKeys.get(ctx, from);
  if (key) beaconKeys.set(ctx, to, { ...key, validator: to });
  letGo(ctx, from);
}

/** Brings the keys whose height has come, and removes those that nobody needs any more. */
export function turnKeys(ctx: WriteCtx): void {
  for (const [key] of due(ctx, comings.all(ctx))) {
    comings.delete(ctx, key);
    arrive(ctx, key[1]);
  }
  for (const [key] of due(ctx, goings.all(ctx))) {
    goings.delete(ctx, key);
    if (!mayPropose(ctx, key[1])) beaconKeys.delete(ctx, key[1]);
  }
}

function due<K>(
  ctx: ReadCtx,
  entries: Iterable<readonly [readonly [bigint, K], unknown]>,
): readonly (readonly [readonly [bigint, K], unknown])[] {
  const found = [];
  for (const entry of entries) {
    if (entry[0][0] > ctx.height) break;
    found.push(entry);
  }
  return found;
}

/** What a validator signs the beacon with, and what it will. */
export function keyOf(ctx: ReadCtx, operator: string): QueryBeaconKeyResponse {
  const { publicKey } = validators.validatorOf(ctx, operator);
  return {
    key: beaconKeys.get(ctx, consensusAddress(publicKey)),
    coming: comingKeys.get(ctx, operator),
  };
}
