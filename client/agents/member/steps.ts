import { equalBytes } from "#chain/bytes/compare.ts";
import { leafHash } from "#chain/protocol/leaf.ts";
import { msgCommitData, msgRevealInputs, msgRevealLabels } from "#client/commitments.ts";
import { publishEvents } from "#client/member/epoch.ts";
import type { RevealedItem } from "#proto/gen/iterum/commitments.ts";
import { type Seat, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import type { Step } from "../steps.ts";
import { openForOthers } from "./panel.ts";
import { type KeptItem, type KeptSet, loadSet, prepareSet, refOf } from "./set.ts";
import type { World } from "./types.ts";

async function ownRoot({ queries, gameId, chain }: World, roundId: bigint): Promise<Uint8Array | undefined> {
  const commitments = await queries.commitments.commitments(gameId, roundId);
  return commitments.find(({ member }) => member === chain.address)?.root;
}

async function ownSeat({ queries, gameId, chain }: World, roundId: bigint): Promise<Seat | undefined> {
  const seats = await queries.elections.committee(gameId, roundId);
  return seats.find(({ member }) => member === chain.address);
}

/** The kept set, which must be the one committed to. */
async function committedSet(world: World, roundId: bigint): Promise<KeptSet> {
  const set = await loadSet(world, roundId);
  if (!set) throw new Error(`the set of round ${roundId} is gone`);
  const root = await ownRoot(world, roundId);
  if (!root || !equalBytes(root, set.root))
    throw new Error(`the commitment of round ${roundId} is not to the set in the store`);
  return set;
}

/** OPEN: publish the sealed set, then commit to it. */
export const commitData = (world: World, { roundId }: Round): Step => ({
  name: "commit",
  run: async () => {
    const { chain, gameId, data } = world;
    if (await ownRoot(world, roundId)) return "done";
    const set = await prepareSet(world, roundId);
    if (!set) {
      world.emit({ kind: "satOut", roundId, why: "no items for the round" });
      return "done";
    }
    await publishEvents(data, set.events);
    const { root, items, streamId } = set;
    const member = chain.address;
    const { hash } = await chain.send([
      msgCommitData({ member, gameId, roundId, root, count: items.length }),
    ]);
    world.emit({ kind: "committed", roundId, items: items.length, streamId, hash });
    return "done";
  },
});

const shown = (index: number, item: KeptItem): RevealedItem => {
  const { input, contentHash, eventCid, labelHash, contentKey } = item;
  return { index, input, contentHash, eventCid, labelHash, contentKey };
};

/** REVEAL_INPUTS and, for alternates that were called in, REVEAL_INPUTS_2: the selected items, no others. */
export const revealInputs = (world: World, { roundId, phase }: Round): Step => ({
  name: phase === Phase.PHASE_REVEAL_INPUTS ? "reveal inputs" : "reveal inputs as alternate",
  run: async () => {
    const { chain, gameId } = world;
    const asAlternate = phase === Phase.PHASE_REVEAL_INPUTS_2;
    const due = asAlternate ? SeatStatus.SEAT_STATUS_CALLED : SeatStatus.SEAT_STATUS_ELECTED;
    const seat = await ownSeat(world, roundId);
    if (seat?.status !== due) return "done";
    const set = await committedSet(world, roundId);
    const selected = new Set(seat.selected);
    const ref = refOf(world, roundId);
    const items: RevealedItem[] = [];
    const otherLeaves: Uint8Array[] = [];
    for (const [index, item] of set.items.entries()) {
      if (selected.has(index)) items.push(shown(index, item));
      else otherLeaves.push(leafHash(ref, { index, ...item }));
    }
    await chain.send([msgRevealInputs({ member: chain.address, gameId, roundId, items, otherLeaves })]);
    world.emit({ kind: "revealed", roundId, items: items.length, asAlternate });
    return "done";
  },
});

async function revealOwn(world: World, roundId: bigint, { selected }: Seat): Promise<void> {
  const { chain, gameId } = world;
  const set = await committedSet(world, roundId);
  const labels = selected.map((index) => {
    const { label, salt } = set.items[index] as KeptItem;
    return { index, label, salt };
  });
  await chain.send([msgRevealLabels({ member: chain.address, gameId, roundId, labels })]);
  world.emit({ kind: "labelled", roundId, items: labels.length });
}

/** REVEAL_LABELS: labels and salts of the revealed items, then the labels given to others' items. */
export const revealLabels = (world: World, { roundId }: Round): Step => ({
  name: "reveal labels",
  run: async () => {
    const seat = await ownSeat(world, roundId);
    if (seat?.status === SeatStatus.SEAT_STATUS_REVEALED) await revealOwn(world, roundId, seat);
    await openForOthers(world, roundId);
    return "done";
  },
});
