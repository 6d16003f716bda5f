import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { type Ceremony, ceremonyHash, isIndex, ThresholdError } from "./ceremony.ts";
import { commonPoint, type Dealing, dealingHolds, openShare, shareIn } from "./dealing.ts";
import { exponentHolds, proveExponent } from "./knowledge.ts";
import { G1, readG1 } from "./point.ts";

/** Evidence that a dealing does not give a recipient its share. It shows that one share to everybody. */
export interface Complaint {
  readonly dealer: number;
  readonly recipient: number;
  /** The point that both have in common (48 bytes), which opens what was dealt to this recipient. */
  readonly common: Uint8Array;
  /** That it is that point (64 bytes). */
  readonly proof: Uint8Array;
}

const contextOf = (ceremony: Ceremony, dealer: number, recipient: number): Uint8Array =>
  taggedHash("iterum/threshold/complaint/v1", ceremonyHash(ceremony), u32be(dealer), u32be(recipient));

/**
 * The complaint of a recipient about a dealing that holds; undefined when its share fits. No answer of the
 * dealer is needed (Schindler et al., "ETHDKG", 2019).
 */
export function complain(
  ceremony: Ceremony,
  dealer: number,
  dealing: Dealing,
  recipient: number,
  secret: bigint,
): Complaint | undefined {
  if (openShare(ceremony, dealer, dealing, recipient, secret) !== undefined) return undefined;
  const common = commonPoint(dealing, secret);
  const ephemeral = readG1(dealing.ephemeral);
  if (ephemeral === undefined) throw new ThresholdError("a dealing that does not hold");
  const context = contextOf(ceremony, dealer, recipient);
  const proof = proveExponent([G1.BASE, ephemeral], secret, context);
  return { dealer, recipient, common: common.toBytes(), proof };
}

/** Whether a complaint shows that the dealing does not give the recipient its share. */
export function complaintHolds(ceremony: Ceremony, dealing: Dealing, complaint: Complaint): boolean {
  const { dealer, recipient, common: bytes, proof } = complaint;
  if (!isIndex(recipient, ceremony.recipients.length) || !dealingHolds(ceremony, dealer, dealing))
    return false;
  const key = readG1(ceremony.recipients[recipient - 1] as Uint8Array);
  const [ephemeral, common] = [readG1(dealing.ephemeral), readG1(bytes)];
  if (key === undefined || ephemeral === undefined || common === undefined) return false;
  const context = contextOf(ceremony, dealer, recipient);
  if (!exponentHolds([G1.BASE, ephemeral], [key, common], context, proof)) return false;
  return shareIn(ceremony, dealer, dealing, recipient, common) === undefined;
}
