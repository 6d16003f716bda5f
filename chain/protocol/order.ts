import { u128be } from "#chain/bytes/int.ts";
import { type RoundRef, roundHash } from "./round-key.ts";

/** What an operator trades: the hash of a registered model, and base units at stake. */
export interface OrderTerms {
  /** The operator's 20 address bytes. */
  readonly operator: Uint8Array;
  readonly modelId: Uint8Array;
  readonly deposit: bigint;
}

/** Commitment of a sealed order: H(operator ‖ modelId ‖ deposit ‖ salt), bound to chain, game and round. */
export const orderHash = (ref: RoundRef, order: OrderTerms, salt: Uint8Array): Uint8Array =>
  roundHash("iterum/order/v1", ref, order.operator, order.modelId, u128be(order.deposit), salt);
