import { ensure } from "#chain/kernel/error.ts";
import { checkSpec, FeaturizerError, type FeaturizerSpec } from "#chain/protocol/featurizers/spec.ts";
import type { Featurizer } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";

function specOf({ kind, tokens, buckets, size, decimals, bits }: Featurizer): FeaturizerSpec {
  switch (kind) {
    case "vocabulary/1":
      return { kind, tokens };
    case "hash/1":
      return { kind, buckets };
    case "numeric/1":
      return { kind, size, decimals, bits };
    default:
      throw errors.BadGenesis({ featurizer: kind.slice(0, 40) });
  }
}

/** The featurizer that a rule describes; fails with (commitments, 15) on one that does not exist. */
export function featurizerOf(described: Featurizer | undefined): FeaturizerSpec {
  ensure(described, errors.BadGenesis, { missing: "featurizer" });
  const spec = specOf(described);
  try {
    checkSpec(spec);
  } catch (error) {
    if (!(error instanceof FeaturizerError)) throw error;
    throw errors.BadGenesis({ featurizer: error.message });
  }
  return spec;
}
