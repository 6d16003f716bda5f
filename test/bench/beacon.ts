import { u32be } from "#chain/bytes/int.ts";
import { signBeacon, verifyBeacon } from "#chain/protocol/beacon.ts";
import { type Bls, nobleBls } from "#chain/protocol/bls.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { validator } from "../kit/validator.ts";
import { type Effort, medianMs } from "./measure.ts";

const RUNS = { full: 41, quick: 5 };

/** How long one way of doing it takes to sign a beacon, and to verify one; milliseconds. */
export interface BeaconFigures {
  readonly signMs: number;
  readonly verifyMs: number;
}

async function timed(bls: Bls, runs: number): Promise<BeaconFigures> {
  const { secret, key } = validator("bench");
  const messages = Array.from({ length: runs }, (_, i) => u32be(i));
  const signatures: Uint8Array[] = [];
  const signMs = await medianMs(runs, () => {
    signatures.push(signBeacon(messages[signatures.length] as Uint8Array, secret, bls));
  });
  let verified = 0;
  const verifyMs = await medianMs(runs, () => {
    const [signature, message] = [signatures[verified], messages[verified]] as [Uint8Array, Uint8Array];
    if (!verifyBeacon({ signature, message, publicKey: key.publicKey }, bls))
      throw new Error("an honest beacon does not verify");
    verified++;
  });
  return { signMs, verifyMs };
}

/**
 * How long a proposer takes to sign the beacon of its block, and everybody to verify it: as nodes do it, and
 * in plain JavaScript.
 */
export async function benchBeacon(
  effort: Effort,
): Promise<{ readonly mcl: BeaconFigures; readonly noble: BeaconFigures }> {
  const runs = RUNS[effort];
  return { mcl: await timed(await createMclBls(), runs), noble: await timed(nobleBls, runs) };
}
