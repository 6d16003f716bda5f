import { toHex } from "#chain/bytes/hex.ts";
import type { Codec } from "#chain/proto/codec.ts";
import type { TypedEvent } from "#client/events.ts";
import { formatAmount, type Unit } from "#client/units.ts";
import {
  EventDataCommitted,
  EventInputsRevealed,
  EventItemsFinal,
  EventLabelsRevealed,
  EventModelRegistered,
} from "#proto/gen/iterum/commitments.ts";
import { EventElected, EventSeatSlashed } from "#proto/gen/iterum/elections.ts";
import {
  EventMarketOpened,
  EventOrderEnded,
  EventOrderOpened,
  EventOrderPlaced,
  EventPredictionsCommitted,
  EventPredictionsOpened,
} from "#proto/gen/iterum/markets.ts";
import { EventProofAccepted, EventProofDue } from "#proto/gen/iterum/proofs.ts";
import { EventPhaseEntered } from "#proto/gen/iterum/rounds.ts";

/** What a line needs beyond the event. */
export interface Narration {
  /** Name of an account. */
  readonly nameOf: (address: string) => string;
  /** Time to judge an accepted proof. */
  readonly verifyMs?: number | undefined;
  readonly unit: Unit;
}

const short = (bytes: Uint8Array): string => `${toHex(bytes).slice(0, 12)}…`;

type Teller = (event: unknown, narration: Narration) => string | undefined;

const told = <T>(
  codec: Codec<T>,
  tell: (event: T, narration: Narration) => string | undefined,
): readonly [string, Teller] => [codec.name, tell as Teller];

const whatPhasesAreFor: Readonly<Record<string, string>> = {
  OPEN: "members commit to sealed items, operators place sealed orders",
  OPEN_ORDERS: "closed: operators open their orders",
  ELECT: "waiting for the beacon that draws the committee",
  REVEAL_INPUTS: "the committee opens its items, without labels",
  REVEAL_INPUTS_2: "alternates fill in for whoever was silent",
  LABEL: "the members' own labels count",
  PREDICT: "operators commit to predictions of the hidden labels",
  OPEN_PREDICTIONS: "operators open their predictions",
  REVEAL_LABELS: "the committee opens the labels",
  PROVE: "operators prove a sample of their predictions in zero knowledge",
  SETTLE: "the market is settled item by item",
};

function phaseLine({ phase, endsHeight, reason }: EventPhaseEntered): string | undefined {
  if (phase === "LABEL") return undefined;
  const about = whatPhasesAreFor[phase] ?? reason;
  const until = endsHeight > 0n ? `, until block ${endsHeight}` : "";
  return `▸ ${phase}${about === "" ? "" : `: ${about}`}${until}`;
}

const tellers: ReadonlyMap<string, Teller> = new Map([
  told(EventPhaseEntered, phaseLine),
  told(
    EventMarketOpened,
    ({ subsidy }, { unit }) => `subsidy of ${formatAmount(subsidy, unit)} locked by the treasury`,
  ),
  told(
    EventModelRegistered,
    ({ owner, modelId }, { nameOf }) => `${nameOf(owner)} registered model ${short(modelId)}`,
  ),
  told(
    EventOrderPlaced,
    ({ operator, orderHash, bound }, { nameOf, unit }) =>
      `${nameOf(operator)} ordered, sealed: ${short(orderHash)}, at most ${formatAmount(bound, unit)}`,
  ),
  told(
    EventOrderOpened,
    ({ operator, modelId, deposit }, { nameOf, unit }) =>
      `${nameOf(operator)} opened its order: model ${short(modelId)}, deposit ${formatAmount(deposit, unit)}`,
  ),
  told(EventElected, ({ committee, alternates }, { nameOf }) => {
    const names = (list: readonly string[]): string => list.map(nameOf).join(", ");
    return `elected: ${names(committee)}; alternates: ${names(alternates)}`;
  }),
  told(
    EventItemsFinal,
    ({ items, sets, distinct }) => `${items} hidden items of ${sets} members, ${distinct} distinct`,
  ),
  told(
    EventPredictionsCommitted,
    ({ operator }, { nameOf }) => `${nameOf(operator)} committed to its predictions`,
  ),
  told(EventPredictionsOpened, ({ operator }, { nameOf }) => `${nameOf(operator)} opened its predictions`),
  told(
    EventProofDue,
    ({ operator, batches }, { nameOf }) => `${nameOf(operator)} is to prove ${batches} sampled batch`,
  ),
  told(EventProofAccepted, ({ operator, batchIndex }, { nameOf, verifyMs }) => {
    const time = verifyMs === undefined ? "" : ` in ${verifyMs.toFixed(0)} ms`;
    return `proof of ${nameOf(operator)} for batch ${batchIndex} verified${time}`;
  }),
  told(EventOrderEnded, ({ operator, status, reason }, { nameOf }) =>
    status === "SETTLED" ? undefined : `order of ${nameOf(operator)} ${status}: ${reason}`,
  ),
  told(
    EventSeatSlashed,
    ({ member, amount, why }, { nameOf, unit }) =>
      `${nameOf(member)} lost ${formatAmount(amount, unit)}: ${why}`,
  ),
]);

/** What many members do in one block, told together: how many items each, and in what words. */
const crowd: ReadonlyMap<string, { readonly field: "count" | "items"; readonly did: string }> = new Map([
  [EventDataCommitted.name, { field: "count", did: "committed to" }],
  [EventInputsRevealed.name, { field: "items", did: "opened the inputs of" }],
  [EventLabelsRevealed.name, { field: "items", did: "opened the labels of" }],
]);

interface CrowdEvent {
  readonly roundId: bigint;
  readonly member: string;
  readonly count: number;
  readonly items: number;
}

/** A line for each kind of thing that members did in a block. */
export function crowdLines(events: readonly TypedEvent[], nameOf: (address: string) => string): string[] {
  const common = events.filter(({ type }) => crowd.has(type));
  const groups = Map.groupBy(common, (event) => `${event.type}/${roundOf(event)}`);
  return [...groups.values()].map((group) => {
    const { field, did } = crowd.get(group[0]?.type ?? "") ?? { field: "items", did: "" };
    const acts = group.map(({ value }) => value as CrowdEvent);
    const names = acts.map(({ member }) => nameOf(member)).sort();
    const items = acts.reduce((sum, act) => sum + act[field], 0);
    return `round ${acts[0]?.roundId}  ${names.join(", ")} ${did} ${items} items`;
  });
}

/** An event in one line for whoever watches; undefined for one that is told otherwise or not at all. */
export const lineOf = ({ type, value }: TypedEvent, narration: Narration): string | undefined =>
  tellers.get(type)?.(value, narration);

/** The round that an event belongs to; undefined for one outside rounds. */
export const roundOf = ({ value }: TypedEvent): bigint | undefined =>
  (value as { readonly roundId?: bigint }).roundId;
