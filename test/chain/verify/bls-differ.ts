import { toHex } from "#chain/bytes/hex.ts";
import { type Bls, nobleBls } from "#chain/protocol/bls.ts";
import { blsCases } from "./bls-cases.ts";

/** Where two verifiers answer alike, how often yes by kind, and the cases on which they do not. */
export interface Differences {
  readonly accepted: Readonly<Record<string, number>>;
  readonly differing: readonly string[];
}

/** Asks an implementation and the reference the same questions. */
export function differ(bls: Bls, seed: string, count: number): Differences {
  const accepted: Record<string, number> = {};
  const differing: string[] = [];
  for (const { kind, signature, message, publicKey, tag } of blsCases(seed, count, bls.sign)) {
    const verdict = bls.verify(signature, message, publicKey, tag);
    accepted[kind] = (accepted[kind] ?? 0) + Number(verdict);
    if (verdict !== nobleBls.verify(signature, message, publicKey, tag))
      differing.push(`${kind}: ${[signature, message, publicKey].map(toHex).join(" ")} ${tag}`);
  }
  return { accepted, differing };
}
