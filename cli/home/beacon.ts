import { writeFile } from "node:fs/promises";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { beaconPublicKey, provePossession } from "#chain/protocol/beacon.ts";
import { ensureCli } from "#cli/errors.ts";
import type { BeaconKey } from "#proto/gen/iterum/elections.ts";
import { readSecretFile } from "./layout.ts";

/**
 * Makes the validator's beacon key, random unless given, in a file of its own (hexadecimal, mode 0600); fails
 * where there is one.
 */
export async function makeBeaconKey(
  file: string,
  secret: Uint8Array = bls12_381.utils.randomSecretKey(),
): Promise<Uint8Array> {
  await writeFile(file, `${toHex(secret)}\n`, { mode: 0o600, flag: "wx" });
  return secret;
}

/** The validator's beacon key, 32 bytes. Throws CliError. */
export async function readBeaconKey(file: string): Promise<Uint8Array> {
  const text = fromUtf8(await readSecretFile(file)).trim();
  ensureCli(/^[0-9a-f]{64}$/.test(text), `${file} holds no beacon key`);
  return fromHex(text);
}

/** The public half as genesis lists it, for the validator of that consensus address (20 bytes). */
export const beaconEntry = (secret: Uint8Array, validator: Uint8Array): BeaconKey => ({
  validator,
  publicKey: beaconPublicKey(secret),
  possession: provePossession(secret),
});
