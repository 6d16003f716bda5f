import { sha256 } from "#chain/bytes/hash.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";

/** What tells one model from every other. */
export interface ModelIdentity {
  /** Account that registered the model and alone may use it, 20 bytes. */
  readonly owner: Uint8Array;
  /** Keccak-256 of the template's verification key (`vkaDigest`), 32 bytes. */
  readonly vkaDigest: Uint8Array;
  /** The template's settings in canonical bytes. */
  readonly settings: Uint8Array;
  /** Poseidon hash of the parameters, as the proof's instance in 32 big-endian bytes. */
  readonly paramsPoseidon: Uint8Array;
}

/**
 * Identity of a model, 32 bytes: owner, circuit and weights, each by its hash, so that two accounts with the
 * same weights still have two models and no account can use another's.
 */
export const modelId = (model: ModelIdentity): Uint8Array =>
  taggedHash("iterum/model/v1", model.owner, model.vkaDigest, sha256(model.settings), model.paramsPoseidon);
