import type { ModuleQueries } from "#client/modules.ts";
import type {
  ChainPort,
  Clock,
  ProverPort,
  Store,
  TrainerPort,
  TrainingSet,
  TrainingTask,
} from "#client/ports.ts";
import type { Result } from "#proto/gen/iterum/markets.ts";
import type { Limiter } from "../limiter.ts";
import type { StepFailed } from "../steps.ts";

/** How an operator plays: which architecture, how much money, and where its model comes from. */
export interface Strategy {
  readonly name: string;
  /** Name of the circuit template, which is that of the architecture, e.g. "lr-64". */
  readonly architecture: string;
  /** Share of the round's greatest deposit in millionths. */
  readonly depositPpm: number;
  /** Makes the round's model, an ONNX file, from everything that is open; undefined to sit the round out. */
  choose(task: TrainingTask, set: TrainingSet, trainer: TrainerPort): Promise<Uint8Array | undefined>;
}

/** What an operator did or met, for people and dashboards; nothing in it is secret once it is told. */
export type OperatorEvent =
  | { readonly kind: "trained"; readonly roundId: bigint; readonly rows: number; readonly ms: number }
  | { readonly kind: "ordered"; readonly roundId: bigint; readonly deposit: bigint; readonly hash: string }
  | { readonly kind: "satOut"; readonly roundId: bigint; readonly why: string }
  | { readonly kind: "opened"; readonly roundId: bigint; readonly modelId: Uint8Array }
  | { readonly kind: "predicted"; readonly roundId: bigint; readonly items: number }
  | { readonly kind: "revealed"; readonly roundId: bigint }
  | { readonly kind: "proven"; readonly roundId: bigint; readonly batch: number; readonly ms: number }
  | { readonly kind: "settled"; readonly roundId: bigint; readonly result: Result | undefined }
  | StepFailed;

export interface OperatorOptions {
  readonly chain: ChainPort;
  readonly gameId: string;
  readonly strategy: Strategy;
  readonly trainer: TrainerPort;
  readonly prover: ProverPort;
  /** Keeps salts, models and predictions; nobody else may read it. */
  readonly store: Store;
  readonly clock: Clock;
  /** Public rows to learn from before anything is open; may be empty. */
  readonly seedSet: TrainingSet;
  /** Blocks before the close at which an order is placed without waiting for more labels. */
  readonly marginBlocks?: number;
  /** Proofs made at one time; default 1. */
  readonly proofsAtOnce?: number;
  readonly onEvent?: (event: OperatorEvent) => void;
  /** Stops the operator. */
  readonly signal: AbortSignal;
}

/** What the steps of an operator share. */
export interface World extends OperatorOptions {
  readonly queries: ModuleQueries;
  readonly emit: (event: OperatorEvent) => void;
  /** Line before the prover for proofs, so that predictions and orders never wait behind all of them. */
  readonly proofLine: Limiter;
  /** Models that this process has given to the prover, by their keys. */
  readonly known: Set<string>;
}
