import { storeSpaces } from "#chain/app/modules.ts";
import type { Block } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import type { Timestamp } from "#proto/gen/google/protobuf.ts";
import {
  type Request,
  RequestCommit,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestPrepareProposal,
  RequestProcessProposal,
  type Response,
  ResponseProcessProposal_ProposalStatus,
} from "#proto/gen/tendermint/abci.ts";
import type { Peer } from "#test/chain/abci/kit.ts";
import { noProofs, START_MS } from "./chain.ts";
import { CHAIN_ID, type GenesisChoice, genesis } from "./genesis.ts";
import { validator } from "./validator.ts";
import { signatures as verifier } from "./verifier.ts";

/** The calls of consensus, in the order of a block. */
export const CALLS = [
  "info",
  "initChain",
  "prepareProposal",
  "processProposal",
  "finalizeBlock",
  "commit",
] as const;
export type AbciCall = (typeof CALLS)[number];

/** Told before a call is sent, when it is sent, and when its answer is there. */
export type CallHook = (call: AbciCall, moment: "before" | "sent" | "after") => Promise<void> | void;

const VALIDATOR = "node";
const NOTHING = new Uint8Array(0);
const BLOCK_BYTES = 1n << 21n;

const timestamp = (ms: bigint): Timestamp => ({ seconds: ms / 1000n, nanos: Number(ms % 1000n) * 1_000_000 });

function mirrorApp(store: NodeStore): App {
  return new App({
    store,
    proofs: noProofs,
    signatures: verifier,
    invariants: "full",
    guarded: true,
  });
}

/**
 * Consensus of one validator in this process: decides blocks, remembers them, and plays them to an app's
 * process over ABCI as CometBFT does. Every block also runs, once, on an undisturbed app in memory; an answer
 * that differs from that app's throws.
 */
export class Consensus {
  /** The undisturbed app. */
  readonly mirror: App;
  /** Its state. */
  readonly store: NodeStore = memoryStore({ spaces: storeSpaces });
  readonly #genesis: RequestInitChain;
  readonly #blocks: Block[] = [];
  /** The hash after each block; that of genesis first. */
  readonly #hashes: string[];

  /** Without a beacon blocks cost a tenth. */
  constructor(given: GenesisChoice, beacon: "beacon" | "no beacon" = "beacon") {
    this.mirror = mirrorApp(this.store);
    const beaconKeys = beacon === "beacon" ? [validator(VALIDATOR).key] : [];
    const appState = genesis({ ...given, beaconKeys });
    const at = { chainId: CHAIN_ID, initialHeight: 1n };
    const appStateBytes = utf8(JSON.stringify(appState));
    this.#genesis = { ...RequestInitChain.zero(), ...at, time: timestamp(START_MS), appStateBytes };
    this.#hashes = [toHex(this.mirror.initChain({ ...at, timeMs: START_MS, appState }).appHash)];
  }

  get height(): bigint {
    return BigInt(this.#blocks.length);
  }

  /** Plays to an app what it lacks; gives the height that it had. */
  async handshake(peer: Peer, hook?: CallHook): Promise<bigint> {
    const call = caller(peer, hook);
    const { info } = await call("info", { info: RequestInfo.zero() });
    if (info === undefined) throw new Error("no answer to Info");
    const { lastBlockHeight: height, lastBlockAppHash } = info;
    if (height > this.height) throw new Error(`the app has height ${height} of ${this.height}`);
    if (height > 0n) this.#expectHash("Info", height, lastBlockAppHash);
    else {
      const { initChain } = await call("initChain", { initChain: this.#genesis });
      this.#expectHash("InitChain", 0n, initChain?.appHash ?? NOTHING);
    }
    for (const block of this.#blocks.slice(Number(height))) await this.#finish(call, block);
    return height;
  }

  /** One more block: proposed by the app, judged, decided, finalized and committed. */
  async advance(peer: Peer, given: readonly Uint8Array[], hook?: CallHook): Promise<void> {
    const call = caller(peer, hook);
    const height = this.height + 1n;
    const timeMs = START_MS + height * 1_000n;
    const { address: proposer } = validator(VALIDATOR);
    const at = { height, time: timestamp(timeMs), proposerAddress: proposer };
    const wanted = { ...RequestPrepareProposal.zero(), ...at, txs: given, maxTxBytes: BLOCK_BYTES };
    const { prepareProposal } = await call("prepareProposal", { prepareProposal: wanted });
    const txs = prepareProposal?.txs ?? [];
    const proposal = { ...RequestProcessProposal.zero(), ...at, txs };
    const { processProposal } = await call("processProposal", { processProposal: proposal });
    if (processProposal?.status !== ResponseProcessProposal_ProposalStatus.ACCEPT)
      throw new Error(`the app refused its own proposal at height ${height}`);
    await this.#decide({ height, timeMs, proposer, txs });
    await this.#finish(call, this.#blocks.at(-1) as Block);
  }

  async #decide(block: Block): Promise<void> {
    const { appHash } = await this.mirror.finalizeBlock(block);
    await this.mirror.commit();
    this.#blocks.push(block);
    this.#hashes.push(toHex(appHash));
  }

  async #finish(call: Caller, { height, timeMs, proposer, txs }: Block): Promise<void> {
    const body = { height, time: timestamp(timeMs), proposerAddress: proposer, txs };
    const done = await call("finalizeBlock", { finalizeBlock: { ...RequestFinalizeBlock.zero(), ...body } });
    this.#expectHash("FinalizeBlock", height, done.finalizeBlock?.appHash ?? NOTHING);
    await call("commit", { commit: RequestCommit.zero() });
  }

  #expectHash(call: string, height: bigint, hash: Uint8Array): void {
    const expected = this.#hashes[Number(height)];
    if (toHex(hash) !== expected) throw new Error(`${call} at ${height}: ${toHex(hash)}, not ${expected}`);
  }
}

type Caller = (call: AbciCall, request: Partial<Request>) => Promise<Response>;

const caller =
  (peer: Peer, hook: CallHook = () => undefined): Caller =>
  async (call, request) => {
    await hook(call, "before");
    peer.send(request, { flush: {} });
    await hook(call, "sent");
    const [response] = await peer.receive(2);
    if (response?.exception) throw new Error(`${call}: ${response.exception.error}`);
    await hook(call, "after");
    return response as Response;
  };
