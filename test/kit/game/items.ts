import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import { packInput } from "#chain/protocol/featurizers/pack.ts";
import { type FeaturizerSpec, featurizerId } from "#chain/protocol/featurizers/spec.ts";
import { contentHash, inputHash, labelHash } from "#chain/protocol/item.ts";
import { dataRoot, leafHash } from "#chain/protocol/leaf.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { VOCABULARY } from "../genesis.ts";
import type { Random } from "./random.ts";

/** What makes the inputs of the test game. */
export const featurizer: FeaturizerSpec = { kind: "vocabulary/1", tokens: VOCABULARY };
const featurizerName = featurizerId(featurizer);

/** A text with the label that its author gave it. */
export interface Example {
  readonly content: string;
  readonly label: number;
}

/** One item of a member's set, with all that is secret of it until it is revealed. */
export interface Item extends Example {
  readonly index: number;
  readonly values: Int32Array;
  readonly packed: Uint8Array;
  readonly inputHash: Uint8Array;
  readonly contentHash: Uint8Array;
  readonly eventCid: Uint8Array;
  readonly contentKey: Uint8Array;
  readonly salt: Uint8Array;
  readonly labelHash: Uint8Array;
  readonly leaf: Uint8Array;
}

/** A member's set of one round as it commits to it. */
export interface DataSet {
  readonly items: readonly Item[];
  readonly root: Uint8Array;
}

function itemOf(ref: RoundRef, index: number, { content, label }: Example, random: Random): Item {
  const bytes = utf8(content);
  const values = featurize(featurizer, bytes);
  const [eventCid, contentKey, salt] = [random.bytes(36), random.bytes(32), random.bytes(32)];
  const hashes = {
    inputHash: inputHash(featurizerName, values),
    contentHash: contentHash(bytes),
    labelHash: labelHash(ref, salt, label),
  };
  const leaf = leafHash(ref, { index, eventCid, ...hashes });
  const packed = packInput(featurizer, values);
  return { index, content, label, values, packed, eventCid, contentKey, salt, leaf, ...hashes };
}

/** Salts and hashes a set of labelled texts for one round. */
export function dataSet(ref: RoundRef, examples: readonly Example[], random: Random): DataSet {
  const items = examples.map((example, index) => itemOf(ref, index, example, random));
  return { items, root: dataRoot(items.map(({ leaf }) => leaf)) };
}

/** Labelled texts that nobody else has: spam has more of the first words of the vocabulary. */
export const examples = (count: number, random: Random): Example[] =>
  Array.from({ length: count }, () => {
    const label = random.int(2);
    const words = Array.from({ length: 6 }, () => VOCABULARY[random.int(label === 1 ? 24 : 64)]);
    return { content: `${words.join(" ")} ${toHex(random.bytes(8))}`, label };
  });
