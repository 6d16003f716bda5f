import type { StateEntry } from "#chain/kernel/state.ts";
import { systemClock } from "./clock.ts";
import { ClientError } from "./errors.ts";
import { blocksAbove, heightAbove, type Polling } from "./follow.ts";
import { LightClient, type LightOptions } from "./light/client.ts";
import { readVerified, type Verified, type VerifiedOptions } from "./light/read.ts";
import { rpcSource } from "./light/source.ts";
import { type ModuleQueries, moduleQueries } from "./modules.ts";
import { type ChainBlock, ChainNode } from "./node.ts";
import { resultOf } from "./pending.ts";
import type { Ask, ChainPort } from "./ports.ts";
import { askNode } from "./query.ts";
import { Sender } from "./sender.ts";
import { accountOf } from "./sign.ts";
import type { TxSigner } from "./signer.ts";
import { type Simulation, simulate } from "./simulate.ts";
import type { SendOptions, TxMessage, TxResult } from "./tx.ts";

export interface ConnectOptions {
  /** http or https address of a node's CometBFT RPC. */
  readonly rpc: string;
  /** Who signs; without one the client only reads. */
  readonly signer?: TxSigner;
  /** Looks for new blocks every 50 ms instead of every 250: for local chains with short blocks. */
  readonly faster?: boolean;
  /** Base units that a transaction may cost at most; see `SendOptions.feeMax`. */
  readonly feeMax?: bigint;
  /** What is trusted, so that `verified` needs not to trust the node. */
  readonly light?: LightTrust;
}

/** What a light client begins with; `witnesses` are http addresses of nodes that others run. */
export interface LightTrust
  extends Pick<LightOptions, "trusted" | "store" | "trustingPeriodMs" | "maxAgeMs"> {
  readonly witnesses?: readonly string[];
}

/** A chain as one account sees it; `address` is empty without a signer. Closing it gives up pending sends. */
export interface IterumClient extends ChainPort, ModuleQueries {
  /** The same questions, answered from a state that is at least as new as the height; waits for it. */
  at(height: bigint): ModuleQueries & { readonly ask: Ask };
  /** What messages would come to now, and what they would cost; nothing is signed. Throws as `send`. */
  simulate(messages: readonly TxMessage[], gasLimit?: bigint): Promise<Simulation>;
  /**
   * A committed transaction by its hash: what became of a send that ended in `timeout`. Undefined while it is
   * in no block that the node has indexed; throws its refusal where it failed.
   */
  transaction(hash: string): Promise<TxResult | undefined>;
  /** Every block above the height in order, with its transactions and events, until the signal fires. */
  blocks(height: bigint, signal?: AbortSignal): AsyncIterable<ChainBlock>;
  /**
   * A part of the state, or its absence, with proof: `verified(entries.balance(address, denom))`. The node
   * need not be trusted; `connect` must have been told what is. Throws LightError.
   */
  verified<V>(entry: StateEntry<V>, options?: VerifiedOptions): Promise<Verified<V>>;
  /** The headers behind `verified`; undefined where nothing is trusted. */
  readonly light: LightClient | undefined;
  close(): void;
}

const POLL_MS = 250;
const POLL_FASTER_MS = 50;

async function senderOf(
  { node, ask }: { readonly node: ChainNode; readonly ask: Ask },
  { signer, feeMax }: ConnectOptions,
  chainId: string,
  polling: Polling,
): Promise<Sender | undefined> {
  if (!signer) return undefined;
  return new Sender({ node, ask, chainId, account: await accountOf(signer), feeMax, ...polling });
}

/** Notes the height of a transaction, also of one that failed: later answers are not older. */
async function noting(seen: { height: bigint }, sending: Promise<TxResult>): Promise<TxResult> {
  const note = (height = 0n): void => {
    if (height > seen.height) seen.height = height;
  };
  try {
    const result = await sending;
    note(result.height);
    return result;
  } catch (error) {
    if (error instanceof ClientError) note(error.height);
    throw error;
  }
}

async function lightOf({ rpc, light }: ConnectOptions, chainId: string): Promise<LightClient | undefined> {
  if (!light) return undefined;
  const { witnesses = [], ...trust } = light;
  return LightClient.open({
    chainId,
    primary: rpcSource(rpc),
    witnesses: witnesses.map(rpcSource),
    ...trust,
  });
}

/** Connects to a node: `const client = await connect({ rpc, signer })`. Throws ClientError. */
export async function connect(options: ConnectOptions): Promise<IterumClient> {
  const node = new ChainNode(options.rpc);
  const polling = { clock: systemClock, pollMs: options.faster ? POLL_FASTER_MS : POLL_MS };
  const chainId = await node.chainId();
  const seen = { height: 0n };
  const ask = askNode(node, () => seen.height);
  const sender = await senderOf({ node, ask }, options, chainId, polling);
  const light = await lightOf(options, chainId);
  return {
    chainId,
    address: sender?.address ?? "",
    ask,
    ...moduleQueries(ask),
    at: (height) => {
      const fresh = askNode(node, () => (height > seen.height ? height : seen.height));
      return { ask: fresh, ...moduleQueries(fresh) };
    },
    height: () => node.height(),
    above: (height, signal) => heightAbove(node, height, { ...polling, signal }),
    blocks: (height, signal) => blocksAbove(node, height, { ...polling, signal }),
    send: async (messages: readonly TxMessage[], sendOptions?: SendOptions): Promise<TxResult> => {
      if (!sender) throw new ClientError("badInput", "the client has no signer");
      return noting(seen, sender.send(messages, sendOptions));
    },
    simulate: async (messages, gasLimit) => {
      if (!sender) throw new ClientError("badInput", "the client has no signer");
      return simulate(ask, sender.address, messages, gasLimit);
    },
    transaction: async (hash) => {
      const found = await node.transaction(hash);
      return found && resultOf(found.tx, found.height);
    },
    light,
    verified: async (entry, readOptions) => {
      if (!light) throw new ClientError("badInput", "the client was not told which block to trust");
      return readVerified(light, node, entry, { atLeast: seen.height, ...readOptions });
    },
    close: () => sender?.close(),
  };
}
