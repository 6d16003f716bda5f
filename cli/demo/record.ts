import { toHex } from "#chain/bytes/hex.ts";
import type { Codec } from "#chain/proto/codec.ts";
import type { TypedEvent } from "#client/events.ts";
import { EventItemsFinal } from "#proto/gen/iterum/commitments.ts";
import { EventElected } from "#proto/gen/iterum/elections.ts";
import { EventOrderEnded, EventOrderOpened, type Outcome } from "#proto/gen/iterum/markets.ts";
import { EventProofAccepted, EventProofDue } from "#proto/gen/iterum/proofs.ts";
import { EventPhaseEntered } from "#proto/gen/iterum/rounds.ts";

/** A proof that the chain accepted. */
export interface ProofRecord {
  readonly operator: string;
  readonly modelId: string;
  readonly batch: number;
  readonly height: bigint;
  /** Time to judge it; undefined when the app that did was killed before it could tell. */
  readonly verifyMs: number | undefined;
}

/** Proofs that an operator owes in a round. */
export interface DueRecord {
  readonly operator: string;
  readonly batches: number;
}

/** How an order ended. */
export interface OrderRecord {
  readonly operator: string;
  readonly modelId: string;
  readonly status: string;
  readonly reason: string;
}

/** Everything that happened in a round, as its events told. */
export interface RoundRecord {
  readonly roundId: bigint;
  /** Heights at which phases began. */
  readonly phases: { readonly phase: string; readonly height: bigint }[];
  /** DONE, VOID or SKIPPED once it is over. */
  ended: string | undefined;
  committee: readonly string[];
  items: number;
  readonly orders: OrderRecord[];
  readonly due: DueRecord[];
  readonly proofs: ProofRecord[];
  outcome: Outcome | undefined;
}

/** The value of an event of that type; undefined for another. */
export const valueIn = <T>(codec: Codec<T>, event: TypedEvent): T | undefined =>
  event.type === codec.name ? (event.value as T) : undefined;

const overPhases: readonly string[] = ["DONE", "VOID", "SKIPPED"];

/** Rounds as they are told, by number. */
export class Records {
  readonly #rounds = new Map<bigint, RoundRecord>();

  /** The rounds told of so far, in order. */
  rounds(): readonly RoundRecord[] {
    return [...this.#rounds.values()];
  }

  /** The round of that number, empty at first. */
  round(roundId: bigint): RoundRecord {
    const known = this.#rounds.get(roundId);
    if (known) return known;
    const fresh: RoundRecord = {
      ...{ roundId, phases: [], ended: undefined, committee: [], items: 0, orders: [] },
      ...{ due: [], proofs: [], outcome: undefined },
    };
    this.#rounds.set(roundId, fresh);
    return fresh;
  }

  /** Whether every round up to this one is over. */
  allEnded(last: number): boolean {
    for (let id = 1n; id <= BigInt(last); id++) if (this.#rounds.get(id)?.ended === undefined) return false;
    return true;
  }

  /** Takes one event in; `verifyMs` belongs to an accepted proof. */
  take(event: TypedEvent, height: bigint, verifyMs: number | undefined): void {
    const phase = valueIn(EventPhaseEntered, event);
    if (phase) this.#phase(phase, height);
    const elected = valueIn(EventElected, event);
    if (elected) this.round(elected.roundId).committee = elected.committee;
    const final = valueIn(EventItemsFinal, event);
    if (final) this.round(final.roundId).items = final.items;
    const due = valueIn(EventProofDue, event);
    if (due) this.round(due.roundId).due.push({ operator: due.operator, batches: due.batches });
    const proof = valueIn(EventProofAccepted, event);
    if (proof) {
      const { operator, batchIndex: batch } = proof;
      const modelId = toHex(proof.modelId);
      this.round(proof.roundId).proofs.push({ operator, modelId, batch, height, verifyMs });
    }
    this.#order(event);
  }

  #phase({ roundId, phase }: EventPhaseEntered, height: bigint): void {
    const round = this.round(roundId);
    round.phases.push({ phase, height });
    if (overPhases.includes(phase)) round.ended = phase;
  }

  #order(event: TypedEvent): void {
    const opened = valueIn(EventOrderOpened, event);
    if (opened) {
      const { operator, roundId } = opened;
      const modelId = toHex(opened.modelId);
      this.round(roundId).orders.push({ operator, modelId, status: "OPEN", reason: "" });
    }
    const ended = valueIn(EventOrderEnded, event);
    if (!ended) return;
    const { orders } = this.round(ended.roundId);
    const at = orders.findIndex(({ operator }) => operator === ended.operator);
    const { operator, status, reason } = ended;
    const before = orders[at];
    if (before) orders[at] = { ...before, status, reason };
    else orders.push({ operator, modelId: "", status, reason });
  }
}
