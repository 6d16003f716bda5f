import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { beaconPublicKey, provePossession } from "#chain/protocol/beacon.ts";
import type { BeaconKey } from "#proto/gen/iterum/elections.ts";

/** A validator's beacon key made from its name. */
export interface Validator {
  readonly secret: Uint8Array;
  readonly address: Uint8Array;
  readonly key: BeaconKey;
}

/** The validator of that name: the same keys in every run. */
export function validator(name: string): Validator {
  const secret = sha256(utf8(`beacon key of ${name}`));
  // The top bits are cleared so that the number is below the order of the group.
  secret[0] = (secret[0] as number) & 0x3f;
  const address = sha256(utf8(name)).subarray(0, 20);
  const publicKey = beaconPublicKey(secret);
  return { secret, address, key: { validator: address, publicKey, possession: provePossession(secret) } };
}
