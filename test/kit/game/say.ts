import type { RoundKey } from "#modules/rounds/api.ts";
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

/** A round of the test game by its number, or one of any game. */
export type RoundOf = bigint | RoundKey;

const at = (round: RoundOf): RoundKey =>
  typeof round === "bigint" ? { gameId, roundId: round } : { gameId: round.gameId, roundId: round.roundId };

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
  round: RoundOf,
  set: DataSet,
  change: Partial<MsgCommitData> = {},
): Said =>
  say(MsgCommitData, {
    member: who.address,
    ...at(round),
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
  round: RoundOf,
  { items }: DataSet,
  selected: readonly number[],
  change: Partial<MsgRevealInputs> = {},
): Said {
  const chosen = new Set(selected);
  return say(MsgRevealInputs, {
    member: who.address,
    ...at(round),
    items: items.filter(({ index }) => chosen.has(index)).map(revealed),
    otherLeaves: items.filter(({ index }) => !chosen.has(index)).map(({ leaf }) => leaf),
    ...change,
  });
}

export function revealLabels(
  who: Person,
  round: RoundOf,
  { items }: DataSet,
  selected: readonly number[],
  change: Partial<MsgRevealLabels> = {},
): Said {
  const chosen = new Set(selected);
  const labels = items
    .filter(({ index }) => chosen.has(index))
    .map(({ index, label, salt }) => ({ index, label, salt }));
  return say(MsgRevealLabels, { member: who.address, ...at(round), labels, ...change });
}

export const commitPanelLabels = (who: Person, round: RoundOf, labelsHash: Uint8Array): Said =>
  say(MsgCommitPanelLabels, { member: who.address, ...at(round), labelsHash });

export const revealPanelLabels = (
  who: Person,
  round: RoundOf,
  labels: readonly number[],
  salt: Uint8Array,
): Said => say(MsgRevealPanelLabels, { member: who.address, ...at(round), labels, salt });

export const sealDenouncement = (who: Person, hash: Uint8Array, of: string = gameId): Said =>
  say(MsgSealDenouncement, { informer: who.address, gameId: of, hash });

export const denounce = (
  who: Person,
  round: RoundOf,
  leaked: Pick<MsgDenounce, "member" | "index" | "label" | "salt">,
): Said => say(MsgDenounce, { informer: who.address, ...at(round), ...leaked });

type Own<M> = Partial<Omit<M, "operator">>;

export const placeOrder = (who: Person, round: RoundOf, terms: Own<MsgPlaceOrder>): Said =>
  say(MsgPlaceOrder, { ...MsgPlaceOrder.zero(), ...at(round), ...terms, operator: who.address });

export const openOrder = (who: Person, round: RoundOf, terms: Own<MsgOpenOrder>): Said =>
  say(MsgOpenOrder, { ...MsgOpenOrder.zero(), ...at(round), ...terms, operator: who.address });

export const commitPredictions = (who: Person, round: RoundOf, predictionsHash: Uint8Array): Said =>
  say(MsgCommitPredictions, { operator: who.address, ...at(round), predictionsHash });

export const openPredictions = (who: Person, round: RoundOf, terms: Own<MsgOpenPredictions>): Said =>
  say(MsgOpenPredictions, { ...MsgOpenPredictions.zero(), ...at(round), ...terms, operator: who.address });

export const submitProof = (who: Person, round: RoundOf, terms: Own<MsgSubmitProof>): Said =>
  say(MsgSubmitProof, { ...MsgSubmitProof.zero(), ...at(round), ...terms, operator: who.address });
