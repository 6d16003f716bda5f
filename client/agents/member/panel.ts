import { decode, encode } from "@ipld/dag-cbor";
import { CID } from "multiformats/cid";
import { toHex } from "#chain/bytes/hex.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { SALT_BYTES } from "#chain/protocol/item.ts";
import { panelHash } from "#chain/protocol/panel.ts";
import { epochId, SealError } from "#chain/protocol/seal.ts";
import { CeramicError } from "#client/ceramic/error.ts";
import { didPkh } from "#client/ceramic/ids.ts";
import { msgCommitPanelLabels, msgRevealPanelLabels } from "#client/commitments.ts";
import { fetchItem } from "#client/member/read.ts";
import { StoreError } from "#client/member/store.ts";
import type { ItemSource } from "#client/ports.ts";
import type { PanelSheet, RevealedItem } from "#proto/gen/iterum/commitments.ts";
import type { Round } from "#proto/gen/iterum/rounds.ts";
import type { Step } from "../steps.ts";
import { refOf } from "./set.ts";
import type { World } from "./types.ts";

/** The labels that a member gave others' items of one round, as it fixed them once. */
interface KeptLabels {
  readonly labels: readonly number[];
  readonly salt: Uint8Array;
}

const nameOf = (world: World, roundId: bigint): string =>
  `panel-${toHex(epochId(refOf(world, roundId)))}-${world.chain.address}`;

async function loadLabels(world: World, roundId: bigint): Promise<KeptLabels | undefined> {
  const stored = await world.store.get(nameOf(world, roundId));
  return stored && decode<KeptLabels>(stored);
}

async function ownSheet(world: World, roundId: bigint): Promise<PanelSheet | undefined> {
  const sheets = await world.queries.commitments.panel(world.gameId, roundId);
  return sheets.find(({ member }) => member === world.chain.address);
}

/** What of the round's items is on chain, by "member/index". */
async function revealedItems(
  { queries, gameId }: World,
  roundId: bigint,
): Promise<Map<string, RevealedItem>> {
  const found = new Map<string, RevealedItem>();
  for (const { member, items } of await queries.commitments.sets(gameId, roundId))
    for (const item of items) found.set(`${member}/${item.index}`, item);
  return found;
}

/** The content of somebody's item; undefined where what was published cannot be read. */
async function contentOf(
  world: World,
  roundId: bigint,
  author: string,
  item: RevealedItem,
): Promise<Uint8Array | undefined> {
  const { queries, gameId, data } = world;
  const member = await queries.community.member(gameId, author);
  const did = didPkh(`0x${toHex(member?.ethereumAddress ?? new Uint8Array(0))}`);
  const { index, contentHash, contentKey } = item;
  try {
    const eventCid = CID.decode(item.eventCid).toString();
    const place = { did, round: refOf(world, roundId), index };
    return (await fetchItem(data, place, { eventCid, contentHash }, contentKey)).content;
  } catch (error) {
    const isAway = error instanceof StoreError && (error.code === "unreachable" || error.code === "busy");
    if (isAway) throw error;
    if (error instanceof StoreError || error instanceof CeramicError || error instanceof SealError)
      return undefined;
    throw error;
  }
}

type Labeller = NonNullable<ItemSource["labelOf"]>;

/** Labels every item of the sheet; one that cannot be read gets class 0, so that only its author loses it. */
async function labelAll(
  world: World,
  roundId: bigint,
  { places }: PanelSheet,
  labelOf: Labeller,
): Promise<number[]> {
  const list = await world.queries.commitments.items(world.gameId, roundId);
  const revealed = await revealedItems(world, roundId);
  const labels: number[] = [];
  for (const place of places) {
    const { member, index } = list?.items[place] ?? { member: "", index: 0 };
    const item = revealed.get(`${member}/${index}`);
    const content = item && (await contentOf(world, roundId, member, item));
    labels.push(content ? await labelOf(content) : 0);
  }
  return labels;
}

/** LABEL: read the items that the beacon gave, label them, keep the labels, then commit to them. */
export const labelForOthers = (world: World, { roundId }: Round): Step => ({
  name: "label for others",
  run: async () => {
    const { chain, gameId, source, store } = world;
    const sheet = await ownSheet(world, roundId);
    if (!sheet || sheet.labelsHash.length > 0) return "done";
    const { labelOf } = source;
    if (!labelOf) {
      world.emit({ kind: "satOut", roundId, why: "the source labels nothing for others" });
      return "done";
    }
    let kept = await loadLabels(world, roundId);
    if (!kept) {
      const labels = await labelAll(world, roundId, sheet, labelOf);
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      kept = decode<KeptLabels>(await store.add(nameOf(world, roundId), encode({ labels, salt })));
    }
    const ref = refOf(world, roundId);
    const labelsHash = panelHash(ref, addressBytes(chain.address), kept.labels, kept.salt);
    await chain.send([msgCommitPanelLabels({ member: chain.address, gameId, roundId, labelsHash })]);
    return "done";
  },
});

/** REVEAL_LABELS: open what was committed to for others. */
export async function openForOthers(world: World, roundId: bigint): Promise<void> {
  const { chain, gameId } = world;
  const sheet = await ownSheet(world, roundId);
  if (!sheet || sheet.labelsHash.length === 0 || sheet.labels.length > 0) return;
  const kept = await loadLabels(world, roundId);
  if (!kept) throw new Error(`the labels given to others in round ${roundId} are gone`);
  await chain.send([msgRevealPanelLabels({ member: chain.address, gameId, roundId, ...kept })]);
  world.emit({ kind: "labelledOthers", roundId, items: kept.labels.length });
}
