import type { GasMeter } from "./gas.ts";

/** A named point where other modules may join in; it carries no state of its own. */
export interface Hook<E> {
  readonly name: string;
  readonly _event?: E;
}

/** Keys and values of every module; a space is a module's own part of the state. */
export interface ReadStore {
  /** `id` is what `toKey` makes of the key, where the caller has it. */
  get(space: string, key: Uint8Array, id?: string): Uint8Array | undefined;
  /** Entries with start ≤ key < end in key order; without an end, to the last key of the space. */
  range(
    space: string,
    start: Uint8Array,
    end: Uint8Array | undefined,
  ): Iterable<readonly [Uint8Array, Uint8Array]>;
}

export interface WriteStore extends ReadStore {
  set(space: string, key: Uint8Array, value: Uint8Array, id?: string): void;
  delete(space: string, key: Uint8Array, id?: string): void;
}

/** A message as `Any` packs it: its type URL and its encoding. */
export interface PackedMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** A validator's part in the commit of the block before. */
export interface Vote {
  /** Consensus address, 20 bytes. */
  readonly address: Uint8Array;
  readonly power: bigint;
  /** Whether it voted at all, be it for no block. */
  readonly signed: boolean;
}

/** What CometBFT proved a validator to have done. */
export interface Evidence {
  readonly kind: "duplicateVote" | "lightClientAttack";
  /** Consensus address, 20 bytes. */
  readonly address: Uint8Array;
  /** Its power, and that of all, at the height of the deed. */
  readonly power: bigint;
  readonly totalPower: bigint;
  readonly height: bigint;
  readonly timeMs: bigint;
}

/** The power that a validator is to have from the block after the next on; 0 takes it out. */
export interface ValidatorUpdate {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly power: bigint;
}

/** What a query may see. Everything is as of one height. */
export interface ReadCtx {
  readonly store: ReadStore;
  readonly chainId: string;
  readonly height: bigint;
  /** Block time of that height in milliseconds since 1970, from the header. */
  readonly timeMs: bigint;
}

/** What a message or a block hook may see and change. */
export interface WriteCtx extends ReadCtx {
  readonly store: WriteStore;
  readonly gas: GasMeter;
  /** Consensus address of the block's proposer: 20 bytes, empty at genesis. */
  readonly proposer: Uint8Array;
  /**
   * Verdicts reached before the block began: on its proofs by hex statement hash, on its beacon by the name
   * of its claim.
   */
  readonly verdicts: ReadonlyMap<string, boolean>;
  /** The commit of the block before; none at genesis, in the first block and in trials. */
  readonly votes: readonly Vote[];
  /** Evidence that came with the block; none at genesis and in trials. */
  readonly evidence: readonly Evidence[];
  emit(type: string, attributes: readonly (readonly [string, string])[]): void;
  fire<E>(hook: Hook<E>, event: E): void;
  /**
   * The game whose community decides on a message that governance alone sends; "" for the chain's council.
   * Fails with (kernel, 3) unless it is one in the authority's name, in its one form, that passes its own
   * check.
   */
  electorateOf(message: PackedMessage, authority: string): string;
  /**
   * Runs such messages over one savepoint, within the gas: all of them or none. Returns what made them fail;
   * throws where the node must stop.
   */
  enact(messages: readonly PackedMessage[], authority: string, gasLimit: bigint): Error | undefined;
}
