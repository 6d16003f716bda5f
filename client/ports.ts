import type { Rpc } from "#chain/proto/codec.ts";
import type { SecretStore } from "#client/member/secrets.ts";
import type { EventStore } from "#client/member/store.ts";
import type { SendOptions, TxMessage, TxResult } from "./tx.ts";

// What agents need of the world. The command line wires the real ones; tests may play in one process.

/** Asks the chain one typed question, as of its newest state. Throws ClientError. */
export type Ask = <Req, Res>(rpc: Rpc<Req, Res>, request: Req) => Promise<Res>;

/** The chain, seen by one account. */
export interface ChainPort {
  readonly chainId: string;
  /** The account that signs what is sent. */
  readonly address: string;
  readonly ask: Ask;
  /** Height of the newest committed block. */
  height(): Promise<bigint>;
  /** Resolves with the newest height once it is above `height`; outages are waited out. Rejects on abort. */
  above(height: bigint, signal?: AbortSignal): Promise<bigint>;
  /** Sends the messages in one transaction and resolves once it is committed; throws ClientError. */
  send(messages: readonly TxMessage[], options?: SendOptions): Promise<TxResult>;
}

/** Where members publish: a data node or a Ceramic One node. */
export type DataPort = Pick<EventStore, "put" | "get">;

/** What an operator asks of its prover; the prover's own client is one. */
export interface ProverPort {
  /** Takes a model's ONNX file under the template of that name; the hash of its weights is 64 hex digits. */
  registerModel(
    template: string,
    onnx: Uint8Array,
  ): Promise<{ readonly modelKey: string; readonly paramsPoseidon: string }>;
  /** Logits exactly as the circuit computes them, one array an item. */
  predict(
    modelKey: string,
    inputs: readonly Int32Array[],
  ): Promise<{ readonly logits: readonly (readonly bigint[])[]; readonly outputScale: number }>;
  /** A proof of one batch with its public values in circuit order. */
  prove(
    modelKey: string,
    inputs: readonly Int32Array[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly instances: readonly bigint[]; readonly proof: Uint8Array }>;
}

/** Labelled tensors to learn from. */
export interface TrainingSet {
  readonly inputs: readonly Int32Array[];
  readonly labels: readonly number[];
}

/** What is to be trained: architecture by name, e.g. "lr-64"; batch is that of the circuit's template. */
export interface TrainingTask {
  readonly architecture: string;
  readonly batch: number;
  /** The same task with the same seed gives the same file. */
  readonly seed: string;
}

/** Makes models as ONNX files. */
export interface TrainerPort {
  /** A model trained on the set. */
  train(task: TrainingTask, set: TrainingSet): Promise<Uint8Array>;
  /** A model with random weights. */
  random(task: TrainingTask): Promise<Uint8Array>;
}

/** What a member offers: its content, and its class as the member knows it. */
export interface SourceItem {
  readonly content: Uint8Array;
  readonly label: number;
}

/** Where a member's items come from; asked once a round, what it gave is kept. */
export interface ItemSource {
  /** At most `most` items for the round; none to sit it out. */
  itemsFor(roundId: bigint, most: number): Promise<readonly SourceItem[]>;
  /** The label of another member's content as this one sees it, for games with panels. */
  labelOf?(content: Uint8Array): Promise<number>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so long; rejects with the signal's reason when it fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Keeps an agent's secrets: durable, atomic, readable by its owner alone. */
export type Store = SecretStore;
