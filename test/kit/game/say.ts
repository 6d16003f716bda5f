import {
  MsgCommitData,
  MsgCommitPanelLabels,
  MsgDenounce,
  MsgRegisterModel,
  MsgRevealInputs,
  MsgRevealLabels,
  MsgRevealPanelLabels,
  MsgSealDenouncement,
} from "#proto/gen/iterum/commitments.ts";
import { MsgBindEthereum } from "#proto/gen/iterum/community.ts";
import {
  MsgCommitPredictions,
  MsgOpenOrder,
  MsgOpenPredictions,
  MsgPlaceOrder,
} from "#proto/gen/iterum/markets.ts";
import { MsgSubmitProof } from "#proto/gen/iterum/proofs.ts";
import type { Person } from "../accounts.ts";
import { type Said, say } from "../chain.ts";
import { GAME_ID } from "../genesis.ts";
import type { DataSet, Item } from "./items.ts";

const gameId = GAME_ID;

/** What everybody says in the test game; `change` makes it wrong. */
export const bindEthereum = (
  who: Person,
  signature: Uint8Array,
  change: Partial<MsgBindEthereum> = {},
): Said =>
  say(MsgBindEthereum, {
    member: who.address,
    gameId,
    ethereumAddress: who.ethereumAddress,
    signature,
    ...change,
  });

export const registerModel = (who: Person, templateId: Uint8Array, paramsHash: Uint8Array): Said =>
  say(MsgRegisterModel, { owner: who.address, templateId, paramsHash });

export const commitData = (
  who: Person,
  roundId: bigint,
  set: DataSet,
  change: Partial<MsgCommitData> = {},
): Said =>
  say(MsgCommitData, {
    member: who.address,
    gameId,
    roundId,
    root: set.root,
    count: set.items.length,
    ...change,
  });

/** An item as it is revealed. */
export const revealed = ({ index, packed, contentHash, eventCid, labelHash, contentKey }: Item) => ({
  index,
  input: packed,
  contentHash,
  eventCid,
  labelHash,
  contentKey,
});

export function revealInputs(
  who: Person,
  roundId: bigint,
  { items }: DataSet,
  selected: readonly number[],
  change: Partial<MsgRevealInputs> = {},
): Said {
  const chosen = new Set(selected);
  return say(MsgRevealInputs, {
    member: who.address,
    gameId,
    roundId,
    items: items.filter(({ index }) => chosen.has(index)).map(revealed),
    otherLeaves: items.filter(({ index }) => !chosen.has(index)).map(({ leaf }) => leaf),
    ...change,
  });
}

export function revealLabels(
  who: Person,
  roundId: bigint,
  { items }: DataSet,
  selected: readonly number[],
  change: Partial<MsgRevealLabels> = {},
): Said {
  const chosen = new Set(selected);
  const labels = items
    .filter(({ index }) => chosen.has(index))
    .map(({ index, label, salt }) => ({ index, label, salt }));
  return say(MsgRevealLabels, { member: who.address, gameId, roundId, labels, ...change });
}

export const commitPanelLabels = (who: Person, roundId: bigint, labelsHash: Uint8Array): Said =>
  say(MsgCommitPanelLabels, { member: who.address, gameId, roundId, labelsHash });

export const revealPanelLabels = (
  who: Person,
  roundId: bigint,
  labels: readonly number[],
  salt: Uint8Array,
): Said => say(MsgRevealPanelLabels, { member: who.address, gameId, roundId, labels, salt });

export const sealDenouncement = (who: Person, hash: Uint8Array, of: string = gameId): Said =>
  say(MsgSealDenouncement, { informer: who.address, gameId: of, hash });

export const denounce = (
  who: Person,
  roundId: bigint,
  leaked: Pick<MsgDenounce, "member" | "index" | "label" | "salt">,
): Said => say(MsgDenounce, { informer: who.address, gameId, roundId, ...leaked });

type Own<M> = Partial<Omit<M, "operator">>;

export const placeOrder = (who: Person, roundId: bigint, terms: Own<MsgPlaceOrder>): Said =>
  say(MsgPlaceOrder, { ...MsgPlaceOrder.zero(), gameId, roundId, ...terms, operator: who.address });

export const openOrder = (who: Person, roundId: bigint, terms: Own<MsgOpenOrder>): Said =>
  say(MsgOpenOrder, { ...MsgOpenOrder.zero(), gameId, roundId, ...terms, operator: who.address });

export const commitPredictions = (who: Person, roundId: bigint, predictionsHash: Uint8Array): Said =>
  say(MsgCommitPredictions, { operator: who.address, gameId, roundId, predictionsHash });

export const openPredictions = (who: Person, roundId: bigint, terms: Own<MsgOpenPredictions>): Said =>
  say(MsgOpenPredictions, { ...MsgOpenPredictions.zero(), gameId, roundId, ...terms, operator: who.address });

export const submitProof = (who: Person, roundId: bigint, terms: Own<MsgSubmitProof>): Said =>
  say(MsgSubmitProof, { ...MsgSubmitProof.zero(), gameId, roundId, ...terms, operator: who.address });
