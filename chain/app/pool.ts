import { sha256Key } from "#chain/bytes/hash.ts";
import type { BlockInfo } from "#chain/kernel/block.ts";
import { readCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore, WriteCtx } from "#chain/kernel/ctx.ts";
import { ChainError, ensure } from "#chain/kernel/error.ts";
import type { Message } from "#chain/kernel/module.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { errors as refusals } from "#chain/mempool/errors.ts";
import { MEMPOOL_LIMITS, type MempoolLimits } from "#chain/mempool/limits.ts";
import { Mempool } from "#chain/mempool/mempool.ts";
import type { Choice } from "#chain/mempool/pick.ts";
import type { Ranked } from "#chain/mempool/types.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import { errors as txErrors } from "#chain/tx/errors.ts";
import { ensureFeeCovers } from "#chain/tx/fees.ts";
import type { TxHost } from "#chain/tx/host.ts";
import { failureResult, successResult } from "#chain/tx/result.ts";
import * as auth from "#modules/auth/api.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import { accountState, type Candidate, candidateOf, funderOf, idOf } from "./candidate.ts";
import { enterTx, type Reading, readingOf, readTx, txOf } from "./execute.ts";
import { txHost } from "./host.ts";
import { proofTask } from "./proofs.ts";
import { signatoriesOf, verifyAhead } from "./signatures.ts";
import type { Machine, Pause } from "./types.ts";

/** Codes of answers to peers: from here on the same bytes may succeed later. */
const RETRY_CODE = 32_000;
/** Codes (sdk) that no later state mends: form, signature, a sequence that is over. */
const FINAL_CODES: ReadonlySet<number> = new Set([
  2, 4, 6, 7, 12, 13, 14, 15, 18, 21, 30, 31, 34, 37, 41, 42,
]);

/** The state that the next block builds on, and that block as far as it is known. */
export interface PoolView {
  readonly base: ReadStore;
  readonly block: BlockInfo;
}

/** What the bytes of a transaction were read as before it comes to the mempool that reads it. */
export interface ReadAhead {
  readonly by: TxPool;
  readonly reading: Reading;
}

/** The accounts of a state in which each signer is at the turn that the transaction claims, if it is near. */
const atAnyTurn =
  (tx: DecodedTx<Message>, ahead: bigint) =>
  (ctx: WriteCtx): TxHost => {
    const host = txHost(ctx);
    return {
      ...host,
      account: (address) => {
        const account = host.account(address);
        const claimed = tx.credentials[tx.signers.indexOf(address)]?.sequence ?? 0n;
        if (account === undefined || claimed <= account.sequence) return account;
        return claimed - account.sequence < ahead ? { ...account, sequence: claimed } : account;
      },
    };
  };

/** The node's own mempool over the state machine: what CheckTx and InsertTx put in, blocks and peers take. */
export class TxPool {
  readonly #machine: Machine;
  readonly #limits: MempoolLimits;
  readonly #pool: Mempool<Candidate>;
  readonly #nowMs: () => number;

  /** Without a clock transactions age by blocks alone. */
  constructor(machine: Machine, nowMs: () => number = () => 0, limits: MempoolLimits = MEMPOOL_LIMITS) {
    this.#machine = machine;
    this.#limits = limits;
    this.#pool = new Mempool(limits);
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#pool.size;
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  has(bytes: Uint8Array): boolean {
    return this.#pool.has(sha256Key(bytes));
  }

  /** What the bytes of a transaction that waits were read as; `id` is the key of their hash. */
  find(id: string): DecodedTx<Message> | undefined {
    return this.#pool.find(id)?.decoded;
  }

  /** Reads transactions and verifies their signatures ahead; undefined for those that are here. */
  async readAhead(
    txs: readonly Uint8Array[],
    ctx: ReadCtx,
    pause?: Pause,
  ): Promise<readonly (ReadAhead | undefined)[]> {
    const readings: (Reading | undefined)[] = [];
    for (const bytes of txs) {
      const wait = pause?.();
      if (wait !== undefined) await wait;
      const id = sha256Key(bytes);
      readings.push(this.#pool.has(id) ? undefined : readingOf(this.#machine, bytes, id));
    }
    await verifyAhead(this.#machine, signatoriesOf(ctx), readings, pause);
    return readings.map((reading) => reading && { by: this, reading });
  }

  /**
   * Takes a transaction in, or says why not. Sequences may come in any order. What was read ahead by another
   * mempool is read anew: that was under the rules before an upgrade.
   */
  admit(bytes: Uint8Array, { base, block }: PoolView, ahead?: ReadAhead): ExecTxResult {
    const reading = ahead?.by === this ? ahead.reading : undefined;
    let gasWanted = 0n;
    let gasUsed = 0n;
    try {
      const id = reading?.tx ? idOf(reading.tx.hash) : sha256Key(bytes);
      if (this.#pool.has(id)) throw refusals.TxInMempool();
      const tx = reading ? txOf(reading) : readTx(this.#machine, bytes);
      gasWanted = tx.fee.gasLimit;
      const ctx = readCtx(base, block);
      const candidate = candidateOf(ctx, bytes, tx);
      const { gasPriceMinMicro: priceMicro } = this.#limits;
      if (priceMicro > 0n) ensureFeeCovers(tx.fee, { denom: auth.params(ctx).feeDenom, priceMicro });
      const { sender } = candidate;
      ensure(auth.account(ctx, sender), txErrors.UnknownAddress, { address: sender });
      const isTurn = candidate.lane === sender;
      this.#pool.add(candidate, {
        height: block.height - 1n,
        nowMs: this.#nowMs(),
        sequence: isTurn ? accountState(ctx, sender).sequence : 0n,
        funds: accountState(ctx, candidate.payer).funds,
        verify: () => {
          const hostOf = atAnyTurn(tx, BigInt(this.#limits.senderTxsMax));
          gasUsed = enterTx(this.#machine, overlay(base), block, tx, hostOf);
          proofTask(ctx, tx);
        },
      });
      return successResult([], { gasWanted, gasUsed }, []);
    } catch (error) {
      return failureResult(error, { gasWanted, gasUsed }, []);
    }
  }

  /** The same for a transaction from a peer; returns the code that tells CometBFT whether to try again. */
  insert(bytes: Uint8Array, view: PoolView, ahead?: ReadAhead): number {
    const { code, codespace } = this.admit(bytes, view, ahead);
    if (code === 0 || (codespace === "sdk" && code === refusals.TxInMempool.code)) return 0;
    const isFinal = codespace === "sdk" && FINAL_CODES.has(code);
    return isFinal ? code : RETRY_CODE + code;
  }

  /** What may enter a block now, lane by lane. */
  lanes(): readonly (readonly Ranked<Candidate>[])[] {
    return [...this.#pool.ready()];
  }

  /** Drops a transaction that turned out not to hold; those behind it wait for another of its turn. */
  refused({ id }: Candidate): Choice {
    this.#pool.drop(id);
    return "close";
  }

  /** Transactions for peers, within bounds of which 0 stands for none. */
  reap(bytesMax: number, gasMax: bigint, height: bigint): readonly Uint8Array[] {
    return this.#pool.reap({ bytesMax, gasMax, height }).map(({ bytes }) => bytes);
  }

  /** Drops what a committed block has made void. */
  update(readings: readonly Reading[], { base, block }: PoolView): void {
    const ctx = readCtx(base, block);
    const touched = new Set<string>();
    const ids: string[] = [];
    for (const { tx } of readings) {
      if (tx === undefined) continue;
      ids.push(idOf(tx.hash));
      for (const signer of tx.signers) touched.add(signer);
      touched.add(funderOf(tx));
    }
    this.#pool.update({
      height: block.height - 1n,
      nowMs: this.#nowMs(),
      ids,
      touched,
      account: (address) => accountState(ctx, address),
      holds: ({ decoded }) => this.#holds(decoded, { base, block }),
    });
  }

  #holds(tx: DecodedTx<Message>, { base, block }: PoolView): boolean {
    try {
      enterTx(this.#machine, overlay(base), block, tx, atAnyTurn(tx, BigInt(this.#limits.senderTxsMax)));
      return true;
    } catch (error) {
      if (error instanceof ChainError) return false;
      throw error;
    }
  }
}
