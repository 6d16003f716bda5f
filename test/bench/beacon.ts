import { u32be } from "#chain/bytes/int.ts";
import { signBeacon, verifyBeacon } from "#chain/protocol/beacon.ts";
import { validator } from "../kit/validator.ts";
import { type Effort, medianMs } from "./measure.ts";

const RUNS = { full: 41, quick: 5 };

/** How long a proposer takes to sign the beacon of its block, and everybody to verify it. */
export async function benchBeacon(effort: Effort): Promise<{
  readonly signMs: number;
  readonly verifyMs: number;
}> {
  const { secret, key } = validator("bench");
  const runs = RUNS[effort];
  const messages = Array.from({ length: runs }, (_, i) => u32be(i));
  const signatures: Uint8Array[] = [];
  const signMs = await medianMs(runs, () => {
    signatures.push(signBeacon(messages[signatures.length] as Uint8Array, secret));
  });
  let verified = 0;
  const verifyMs = await medianMs(runs, () => {
    const [signature, message] = [signatures[verified], messages[verified]];
    if (!verifyBeacon(signature as Uint8Array, message as Uint8Array, key.publicKey))
      throw new Error("an honest beacon does not verify");
    verified++;
  });
  return { signMs, verifyMs };
}
