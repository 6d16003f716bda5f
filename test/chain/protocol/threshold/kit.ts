import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import {
  type Ceremony,
  ceremonyHash,
  encryptionKey,
  encryptionSecret,
  type GroupKey,
} from "#chain/protocol/threshold/ceremony.ts";
import { type Complaint, complain } from "#chain/protocol/threshold/complaint.ts";
import { type Dealing, deal, dealingContext, dealingHolds } from "#chain/protocol/threshold/dealing.ts";
import { proveExponent } from "#chain/protocol/threshold/knowledge.ts";
import { groupKeyOf, type Outcome, outcomeOf, shareOf } from "#chain/protocol/threshold/outcome.ts";
import { G1 } from "#chain/protocol/threshold/point.ts";
import { scalarFrom } from "#chain/protocol/threshold/scalar.ts";

/** Somebody with an encryption key of its own, by name. */
export interface Party {
  readonly secret: bigint;
  readonly seed: Uint8Array;
}

const party = (name: string): Party => ({
  secret: encryptionSecret(sha256(utf8(name))),
  seed: sha256(utf8(`seed of ${name}`)),
});

export const parties = (prefix: string, count: number): Party[] =>
  Array.from({ length: count }, (_, i) => party(`${prefix}${i + 1}`));

export const ceremonyOf = (
  name: string,
  recipients: readonly Party[],
  threshold: number,
  previous?: GroupKey,
): Ceremony => ({
  id: sha256(utf8(name)),
  threshold,
  recipients: recipients.map(({ secret }) => encryptionKey(secret)),
  ...(previous && { previous }),
});

/** The dealing of somebody who knows its exponent and puts other bytes into it under a good proof. */
export function forge(
  ceremony: Ceremony,
  dealer: number,
  seed: Uint8Array,
  spoil: (dealing: Dealing) => Partial<Dealing>,
  share?: bigint,
): Dealing {
  const dealing = deal(ceremony, dealer, seed, share);
  const forged = { ...dealing, ...spoil(dealing) };
  const where = [ceremonyHash(ceremony), u32be(dealer), u32be(ceremony.threshold)] as const;
  const exponent = scalarFrom("iterum/threshold/deal/v1", seed, ...where);
  return { ...forged, proof: proveExponent([G1.BASE], exponent, dealingContext(ceremony, dealer, forged)) };
}

/** The same bytes with one bit of one of them changed. */
export const flipped = (bytes: Uint8Array, at = 0): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

/** Every complaint that honest recipients have about dealings that hold. */
export const complaintsOf = (
  ceremony: Ceremony,
  recipients: readonly Party[],
  dealings: ReadonlyMap<number, Dealing>,
): Complaint[] =>
  [...dealings].flatMap(([dealer, dealing]) =>
    dealingHolds(ceremony, dealer, dealing)
      ? recipients.flatMap(({ secret }, i) => complain(ceremony, dealer, dealing, i + 1, secret) ?? [])
      : [],
  );

/** A key with everybody's share of it. */
export interface Made {
  readonly outcome: Outcome;
  readonly group: GroupKey;
  /** By index − 1. */
  readonly shares: readonly bigint[];
}

/** What the recipients make of dealings. */
export function finish(
  ceremony: Ceremony,
  recipients: readonly Party[],
  dealings: ReadonlyMap<number, Dealing>,
): Made {
  const outcome = outcomeOf(ceremony, dealings, complaintsOf(ceremony, recipients, dealings));
  const shares = recipients.map(({ secret }, i) => shareOf(ceremony, outcome, i + 1, secret));
  return { outcome, group: groupKeyOf(ceremony, outcome), shares };
}

/** A key that honest parties have made together. */
export function makeKey(name: string, people: readonly Party[], threshold: number): Made {
  const ceremony = ceremonyOf(name, people, threshold);
  const dealings = new Map(people.map(({ seed }, i) => [i + 1, deal(ceremony, i + 1, seed)]));
  return finish(ceremony, people, dealings);
}

/** An own key that honest parties hand over to others. */
export function handOver(
  name: string,
  { group, shares }: Made,
  from: readonly Party[],
  to: readonly Party[],
  threshold: number,
): Made {
  const ceremony = ceremonyOf(name, to, threshold, group);
  const dealings = new Map(
    from.map(({ seed }, i) => [i + 1, deal(ceremony, i + 1, seed, shares[i] as bigint)]),
  );
  return finish(ceremony, to, dealings);
}
