import type { Evidence, ValidatorUpdate, Vote } from "#chain/kernel/ctx.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Registry } from "#chain/kernel/registry.ts";
import type { MempoolLimits } from "#chain/mempool/limits.ts";
import type { AnyTypes } from "#chain/protocol/amino.ts";
import type { Bls } from "#chain/protocol/bls.ts";
import type { CommitStore } from "#chain/store/port.ts";
import type { Shelf } from "#chain/store/shelf.ts";
import type { SignatureCache } from "#chain/tx/signature-cache.ts";
import type { SignatureVerifier } from "#chain/tx/verifier.ts";
import type { SignaturePool } from "#chain/verify/signature-pool.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import type { Event, ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import type { ProofOps } from "#proto/gen/tendermint/crypto.ts";
import type { KnownTxs } from "./known.ts";

/** Signs the beacon's message with the validator's key; returns 48 bytes. */
export type BeaconSigner = (message: Uint8Array) => Uint8Array;

/** Asked between two steps of work behind which others wait: a promise where there has been enough of it. */
export type Pause = () => Promise<void> | undefined;

/** Which invariants run after every block. */
export type InvariantCheck = "none" | "cheap" | "full";

/** What the app is given from the edges; everything else it computes. */
export interface AppOptions {
  /** The rules that this program knows, in the order in which they hold; by default the chain's own. */
  readonly editions?: readonly Edition[];
  readonly store: CommitStore;
  /** Where snapshots of it are made for nodes that come later. */
  readonly snapshots?: Shelf;
  readonly proofs: ProofVerifier;
  readonly signatures: SignatureVerifier;
  /** Verifies many at once ahead of the work that needs them; without it they are verified one by one. */
  readonly signaturePool?: SignaturePool;
  /** Verdicts on signatures that are kept, some 250 bytes each; by default 50,000. */
  readonly signaturesRemembered?: number;
  /** Verifies beacons; without it plain JavaScript does, three times slower. */
  readonly bls?: Bls;
  /** Absent on nodes that never propose. */
  readonly beacon?: BeaconSigner;
  readonly invariants?: InvariantCheck;
  /** Makes clock, entropy and timers throw while a block runs: for tests. */
  readonly guarded?: boolean;
  /** A clock for the mempool's ages, in milliseconds; without one transactions there age by blocks alone. */
  readonly nowMs?: () => number;
  readonly mempool?: MempoolLimits;
  /** Failures that only operators need to see. */
  readonly warn?: (text: string) => void;
}

/** The parts that the app's functions share; made once. */
export interface Machine {
  readonly registry: Registry;
  /** What an `Any` inside a message may hold. */
  readonly nestedAny: AnyTypes;
  readonly signatures: SignatureVerifier;
  readonly signaturePool: SignaturePool | undefined;
  readonly signatureCache: SignatureCache;
  /** Without them every transaction is read anew. */
  readonly knownTxs?: KnownTxs;
}

/** A block as consensus decided it, or a proposal of one. */
export interface Block {
  readonly height: bigint;
  readonly timeMs: bigint;
  /** Consensus address, 20 bytes. */
  readonly proposer: Uint8Array;
  readonly txs: readonly Uint8Array[];
  /** The commit of the block before; the first block has none. */
  readonly votes?: readonly Vote[];
  /** Misbehaviour that the block proves. */
  readonly evidence?: readonly Evidence[];
}

export interface Proposal extends Block {
  /** Bytes that the block's transactions may take together. */
  readonly bytesMax: number;
}

export interface Genesis {
  readonly chainId: string;
  readonly timeMs: bigint;
  /** Height of the first block. */
  readonly initialHeight: bigint;
  readonly appState: AppState;
  /** The set that consensus would begin with; without one there is nothing to compare. */
  readonly validators?: readonly ValidatorUpdate[];
}

export interface Founded {
  readonly appHash: Uint8Array;
  /** The set to begin with; empty to keep that of consensus. */
  readonly validators: readonly ValidatorUpdate[];
}

export interface BlockResult {
  readonly appHash: Uint8Array;
  readonly validatorUpdates: readonly ValidatorUpdate[];
  readonly txResults: readonly ExecTxResult[];
  readonly events: readonly Event[];
  /** Version of the app from the next block on, where an upgrade has changed it. */
  readonly appVersion?: bigint;
}

export interface QueryRequest {
  readonly path: string;
  readonly data: Uint8Array;
  /** 0 for the latest. */
  readonly height: bigint;
  /** Whether to prove what `/store/<module>/key` answers. */
  readonly prove?: boolean;
}

export interface QueryResult {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Height whose state was read; a proof holds under the app hash that the next header carries. */
  readonly height: bigint;
  readonly proofOps?: ProofOps;
}
