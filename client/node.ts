import { Comet38Client, type comet38, HttpClient } from "@cosmjs/tendermint-rpc";
import { sha256 } from "#chain/bytes/hash.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { codes } from "./codes.ts";
import { ClientError, refusal, toClientError } from "./errors.ts";
import type { ChainEvent } from "./tx.ts";
import type { StoreProofOp } from "./verified.ts";

/** What a mempool said to a transaction. */
export type Verdict =
  /** It has it now, or had it already. */
  | { readonly kind: "accepted" }
  /** It cannot tell at the moment: the same bytes may be offered again. */
  | { readonly kind: "busy"; readonly log: string }
  /** No room at this price. */
  | { readonly kind: "full"; readonly log: string }
  /** Below the least fee. */
  | { readonly kind: "fee"; readonly error: ClientError }
  /** Out of turn: the account's sequence is another. */
  | { readonly kind: "sequence"; readonly log: string }
  | { readonly kind: "refused"; readonly error: ClientError };

/** One transaction of a block with what it gave. */
export interface BlockTx {
  /** SHA-256 in upper-case hexadecimal. */
  readonly hash: string;
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly data: Uint8Array;
  readonly gasUsed: bigint;
  readonly events: readonly ChainEvent[];
}

/** A committed block. */
export interface ChainBlock {
  readonly height: bigint;
  /** Time of its header in milliseconds since 1970. */
  readonly timeMs: number;
  readonly txs: readonly BlockTx[];
  /** What happened in it outside transactions. */
  readonly events: readonly ChainEvent[];
}

/** A state as a query found it. */
export interface StateValue {
  readonly value: Uint8Array;
  readonly height: bigint;
}

/** An entry of the store as a node tells of it, with what is to prove it. */
export interface ProvenValue extends StateValue {
  readonly proofOps: readonly StoreProofOp[];
}

/** Upper-case hexadecimal SHA-256 of a transaction, as explorers show it. */
export const txHash = (bytes: Uint8Array): string => toHex(sha256(bytes)).toUpperCase();

const { TxInMempool, MempoolFull, InsufficientFee } = codes.sdk;
/** Codes from here on mean that the same bytes may succeed later. */
const RETRY_CODE_MIN = 32_000;
const SEQUENCE_CODE = 32;
const TIMEOUT_MS = 15_000;

/**
 * A node's RPC with its errors told apart: an answer of the chain is a value or a `refused` ClientError,
 * everything else is `unreachable`.
 */
export class ChainNode {
  readonly #comet: Comet38Client;

  /** @param rpc http or https address of a CometBFT RPC */
  constructor(rpc: string) {
    if (!/^https?:\/\//.test(rpc)) throw new ClientError("badInput", `not an http address: ${rpc}`);
    this.#comet = Comet38Client.create(new HttpClient(rpc, TIMEOUT_MS));
  }

  /** Name of the chain. */
  async chainId(): Promise<string> {
    return (await this.#answer(() => this.#comet.status())).nodeInfo.network;
  }

  /** Height whose state the application has committed: queries see it. */
  async height(): Promise<bigint> {
    return BigInt((await this.#answer(() => this.#comet.abciInfo())).lastBlockHeight ?? 0);
  }

  /**
   * Answer of an ABCI query as of the newest state; undefined when that is older than `atLeast`. Throws
   * `refused` with the chain's code.
   */
  async query(path: string, data: Uint8Array, atLeast: bigint): Promise<StateValue | undefined> {
    const response = await this.#answer(() => this.#comet.abciQuery({ path, data }));
    const { code = 0, codespace, log, value, height = 0 } = response;
    if (BigInt(height) < atLeast) return undefined;
    if (code !== 0) throw refusal({ code, codespace, log });
    return { value, height: BigInt(height) };
  }

  /** A committed transaction with the height of its block, by its hash; undefined for one that is in none. */
  async transaction(hash: string): Promise<{ readonly tx: BlockTx; readonly height: bigint } | undefined> {
    try {
      const { tx, result, height } = await this.#answer(() =>
        this.#comet.tx({ hash: fromHex(hash.toLowerCase()) }),
      );
      return { tx: blockTx(tx, result), height: BigInt(height) };
    } catch (error) {
      if (/not found/.test(toClientError(error).message)) return undefined;
      throw error;
    }
  }

  /** What a module's store holds at a key as of a height, nothing or bytes, with its proof. */
  async proven(module: string, key: Uint8Array, height: bigint): Promise<ProvenValue> {
    const asked = { path: `/store/${module}/key`, data: key, height: Number(height), prove: true };
    const response = await this.#answer(() => this.#comet.abciQuery(asked));
    const { code = 0, codespace, log, value, height: seen = 0, proof } = response;
    if (code !== 0) throw refusal({ code, codespace, log });
    return { value, height: BigInt(seen), proofOps: proof?.ops ?? [] };
  }

  /** Offers a transaction to the mempool. */
  async broadcast(tx: Uint8Array): Promise<Verdict> {
    try {
      const { code, codespace, log = "" } = await this.#comet.broadcastTxSync({ tx });
      if (code === 0 || (codespace === "sdk" && code === TxInMempool.code)) return { kind: "accepted" };
      if (codespace === "sdk" && code === SEQUENCE_CODE) return { kind: "sequence", log };
      if (codespace === "sdk" && code === MempoolFull.code) return { kind: "full", log };
      if (code >= RETRY_CODE_MIN) return { kind: "busy", log };
      const error = refusal({ codespace, code, log, hash: txHash(tx) });
      return { kind: codespace === "sdk" && code === InsufficientFee.code ? "fee" : "refused", error };
    } catch (error) {
      return verdictOf(error, tx);
    }
  }

  /** A committed block with its results. */
  async block(height: bigint): Promise<ChainBlock> {
    const at = Number(height);
    const [{ block }, { results, finalizeBlockEvents }] = await this.#answer(() =>
      Promise.all([this.#comet.block(at), this.#comet.blockResults(at)]),
    );
    const txs = block.txs.map((bytes, i) => blockTx(bytes, results[i]));
    return { height, timeMs: block.header.time.getTime(), txs, events: finalizeBlockEvents };
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw toClientError(error);
    }
  }
}

function blockTx(bytes: Uint8Array, result: comet38.TxData | undefined): BlockTx {
  if (!result) throw new ClientError("badAnswer", "a block has more transactions than results");
  const { code, codespace = "", log = "", data = new Uint8Array(0), gasUsed, events } = result;
  return { hash: txHash(bytes), code, codespace, log, data, gasUsed, events };
}

/** What an error of the RPC means for a transaction; throws where nobody knows whether it arrived. */
function verdictOf(error: unknown, tx: Uint8Array): Verdict {
  const failure = toClientError(error);
  const text = failure.message;
  if (!text.startsWith("{")) throw failure;
  if (/already exists in cache|tx already seen/.test(text)) return { kind: "accepted" };
  if (/mempool is full|timed out|timeout/i.test(text)) return { kind: "busy", log: text };
  if (/too large/i.test(text)) {
    const error = new ClientError("badInput", text, { hash: txHash(tx) });
    return { kind: "refused", error };
  }
  throw failure;
}
