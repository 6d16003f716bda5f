import { decode, encode } from "@ipld/dag-cbor";
import { toHex } from "#chain/bytes/hex.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import { packInput } from "#chain/protocol/featurizers/pack.ts";
import { featurizerId } from "#chain/protocol/featurizers/spec.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { epochId, itemKey } from "#chain/protocol/seal.ts";
import { featurizerSpec } from "#client/commitments.ts";
import { prepareEpoch } from "#client/member/epoch.ts";
import { loadEpochKeys } from "#client/member/identity.ts";
import type { World } from "./types.ts";

/** One item as the member may have to show it. */
export interface KeptItem {
  readonly input: Uint8Array;
  readonly contentHash: Uint8Array;
  readonly eventCid: Uint8Array;
  readonly labelHash: Uint8Array;
  readonly inputHash: Uint8Array;
  /** Opens the item's content in the data node. */
  readonly contentKey: Uint8Array;
  readonly label: number;
  readonly salt: Uint8Array;
}

/** A member's set of one round, as it was prepared once: published and opened from here ever after. */
export interface KeptSet {
  readonly root: Uint8Array;
  readonly streamId: string;
  readonly events: readonly Uint8Array[];
  readonly items: readonly KeptItem[];
}

/** The round as hashes are bound to it. */
export const refOf = ({ chain, gameId }: World, roundId: bigint): RoundRef => ({
  chainId: chain.chainId,
  gameId,
  roundId,
});

const nameOf = (world: World, roundId: bigint): string =>
  `set-${toHex(epochId(refOf(world, roundId)))}-${world.chain.address}`;

export async function loadSet(world: World, roundId: bigint): Promise<KeptSet | undefined> {
  const stored = await world.store.get(nameOf(world, roundId));
  return stored && decode<KeptSet>(stored);
}

/**
 * The round's set: the kept one, else a new one of what the source gives, sealed, signed and kept before
 * anything of it leaves; undefined when the source has nothing.
 */
export async function prepareSet(world: World, roundId: bigint): Promise<KeptSet | undefined> {
  const kept = await loadSet(world, roundId);
  if (kept) return kept;
  const { queries, gameId, source, identity, store } = world;
  const rule = await queries.commitments.dataRule(gameId, roundId);
  const spec = featurizerSpec(rule.featurizer);
  const given = (await source.itemsFor(roundId, rule.setItemsMax)).slice(0, rule.setItemsMax);
  if (given.length === 0) return undefined;
  const items = given.map(({ content, label }) => ({ content, label, input: featurize(spec, content) }));
  const round = refOf(world, roundId);
  const keys = await loadEpochKeys(store, identity, round);
  const epoch = prepareEpoch({ member: identity, round, featurizerId: featurizerId(spec), items, keys });
  const set: KeptSet = {
    root: epoch.root,
    streamId: epoch.streamId,
    events: epoch.events,
    items: epoch.perItem.map(({ index, salt, ...hashes }, i) => {
      const { input, label } = items[i] as (typeof items)[number];
      const contentKey = itemKey(keys.contents, index);
      return { ...hashes, input: packInput(spec, input), contentKey, label, salt };
    }),
  };
  return decode<KeptSet>(await store.add(nameOf(world, roundId), encode(set)));
}
