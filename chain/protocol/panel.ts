import { concat } from "#chain/bytes/concat.ts";
import { u32be } from "#chain/bytes/int.ts";
import { type RoundRef, roundHash } from "./round-key.ts";

/** Commitment of a cross-labeller: H(member ‖ labels as u32 ‖ salt), bound to chain, game and round. */
export const panelHash = (
  ref: RoundRef,
  member: Uint8Array,
  labels: readonly number[],
  salt: Uint8Array,
): Uint8Array => roundHash("iterum/panel/v1", ref, member, concat(...labels.map(u32be)), salt);

/** A label that somebody claims to know: whose item, which, and what opens its hash. */
export interface LeakedLabel {
  /** Address bytes of the member. */
  readonly member: Uint8Array;
  readonly index: number;
  readonly label: number;
  readonly salt: Uint8Array;
}

/**
 * A sealed claim to know a label, worth something to its informer only. The label's own salt hides it: only
 * who knows label and salt can make it.
 */
export const denouncementHash = (ref: RoundRef, informer: Uint8Array, leaked: LeakedLabel): Uint8Array =>
  roundHash(
    "iterum/denouncement/v1",
    ref,
    ...[informer, leaked.member, u32be(leaked.index), u32be(leaked.label), leaked.salt],
  );
