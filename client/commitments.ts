import type { FeaturizerSpec } from "#chain/protocol/featurizers/spec.ts";
import {
  type DataCommitment,
  type DataRule,
  type Featurizer,
  type ItemList,
  type Model,
  MsgCommitData,
  MsgCommitPanelLabels,
  MsgDenounce,
  MsgRegisterModel,
  MsgRevealInputs,
  MsgRevealLabels,
  MsgRevealPanelLabels,
  MsgSealDenouncement,
  type PanelSheet,
  Query,
  type RevealedSet,
} from "#proto/gen/iterum/commitments.ts";
import { codes } from "./codes.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";
import { unless } from "./unless.ts";

/** Registers weights of an approved template under the sender's name. */
export const msgRegisterModel = messageOf(MsgRegisterModel);
/** Commits to the sender's set of a round. */
export const msgCommitData = messageOf(MsgCommitData);
/** Opens the selected inputs of an elected member. */
export const msgRevealInputs = messageOf(MsgRevealInputs);
/** Opens the labels of the revealed items. */
export const msgRevealLabels = messageOf(MsgRevealLabels);
/** Fixes the labels that a cross-labeller gives others' items. */
export const msgCommitPanelLabels = messageOf(MsgCommitPanelLabels);
/** Opens them. */
export const msgRevealPanelLabels = messageOf(MsgRevealPanelLabels);
/** Seals a claim to know a label that is not open yet. */
export const msgSealDenouncement = messageOf(MsgSealDenouncement);
/** Shows the label that a sealed claim is of. */
export const msgDenounce = messageOf(MsgDenounce);

export interface CommitmentsQueries {
  /** What a round takes as data; by default the last one. */
  dataRule(gameId: string, roundId?: bigint): Promise<DataRule>;
  /** A registered model; undefined when there is none of this id. */
  model(modelId: Uint8Array): Promise<Model | undefined>;
  commitments(gameId: string, roundId: bigint): Promise<readonly DataCommitment[]>;
  /** The opened sets of a round in address order. */
  sets(gameId: string, roundId: bigint): Promise<readonly RevealedSet[]>;
  /** The round's final item list; refused before it is final. */
  items(gameId: string, roundId: bigint): Promise<ItemList | undefined>;
  /** What each cross-labeller of a round labels for others, in address order. */
  panel(gameId: string, roundId: bigint): Promise<readonly PanelSheet[]>;
}

export const commitmentsQueries = (ask: Ask): CommitmentsQueries => ({
  dataRule: async (gameId, roundId = 0n) => {
    const { rule } = await ask(Query.dataRule, { gameId, roundId });
    if (!rule) throw new ClientError("badAnswer", `game ${gameId} without a data rule`);
    return rule;
  },
  model: async (modelId) => (await unless(codes.commitments.NoModel, ask(Query.model, { modelId })))?.model,
  commitments: async (gameId, roundId) => (await ask(Query.commitments, { gameId, roundId })).commitments,
  sets: async (gameId, roundId) => (await ask(Query.sets, { gameId, roundId })).sets,
  items: async (gameId, roundId) => (await ask(Query.items, { gameId, roundId })).list,
  panel: async (gameId, roundId) => (await ask(Query.panel, { gameId, roundId })).sheets,
});

/** The featurizer of a game as featurizing code takes it; throws ClientError badAnswer on an unknown kind. */
export function featurizerSpec(described: Featurizer | undefined): FeaturizerSpec {
  const { kind, tokens, buckets, size, decimals, bits } = described ?? { kind: "", tokens: [] };
  switch (kind) {
    case "vocabulary/1":
      return { kind, tokens };
    case "hash/1":
      return { kind, buckets: buckets ?? 0 };
    case "numeric/1":
      return { kind, size: size ?? 0, decimals: decimals ?? 0, bits: bits ?? 0 };
    default:
      throw new ClientError("badAnswer", `unknown featurizer "${kind.slice(0, 40)}"`);
  }
}
