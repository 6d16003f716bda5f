import type { Application } from "#chain/abci/application.ts";
import { burst } from "#chain/abci/burst.ts";
import { idOf } from "#chain/app/candidate.ts";
import { type Reading, readingOf, txOf } from "#chain/app/execute.ts";
import { APP_VERSION } from "#chain/app/modules.ts";
import { verifyAhead } from "#chain/app/signatures.ts";
import type { Machine } from "#chain/app/types.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { u64be } from "#chain/bytes/int.ts";
import type { Message } from "#chain/kernel/module.ts";
import { Mempool } from "#chain/mempool/mempool.ts";
import { pick } from "#chain/mempool/pick.ts";
import type { PoolTx } from "#chain/mempool/types.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import type { TxAccount, TxHost } from "#chain/tx/host.ts";
import { failureResult, successResult } from "#chain/tx/result.ts";
import { authenticate } from "#chain/tx/sign.ts";
import {
  type ExecTxResult,
  ResponseApplySnapshotChunk_Result,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseOfferSnapshot_Result,
  ResponseProcessProposal_ProposalStatus,
  ResponseQuery,
  ResponseVerifyVoteExtension_VerifyStatus,
} from "#proto/gen/tendermint/abci.ts";

const NO_GAS = { gasWanted: 1n, gasUsed: 1n };
const NO_BYTES = new Uint8Array(0);
const FUNDS = 1n << 100n;

/** The account that a genesis gives an address; its sequence does not matter. */
export type AccountOf = (address: string) => TxAccount | undefined;

function poolTxOf(bytes: Uint8Array, tx: DecodedTx<Message>): PoolTx {
  const [sender] = tx.signers as [string];
  return {
    ...{ id: idOf(tx.hash), bytes, sender, lane: sender, signers: tx.signers, payer: tx.payer },
    sequence: tx.credentials[0]?.sequence ?? 0n,
    fee: tx.fee.amount[0]?.amount ?? 0n,
    gas: tx.fee.gasLimit,
    timeoutHeight: 0n,
    prover: undefined,
  };
}

/** Fails unless everybody has signed, at whatever turn it claims. */
function verify({ machine, chainId, accountOf }: Bridge, tx: DecodedTx<Message>): void {
  const account: AccountOf = (address) => {
    const found = accountOf(address);
    return found && { ...found, sequence: tx.credentials[tx.signers.indexOf(address)]?.sequence ?? 0n };
  };
  const { signatures: verifier, signatureCache: cache } = machine;
  // Nothing but accounts is asked for by ordered transactions.
  authenticate(tx, { chainId, host: { account } as TxHost, verifier, cache });
}

/** What the ceiling knows: no state, only whose turn it is. */
interface Bridge {
  readonly machine: Machine;
  readonly pool: Mempool<PoolTx>;
  readonly turns: Map<string, bigint>;
  chainId: string;
  accountOf: AccountOf;
  height: bigint;
  readings: readonly Reading[];
}

/**
 * What the bridge alone can do: the chain's mempool over transactions that are decoded and whose signatures
 * are verified, and nothing else. No state, so no fees, gas and events, and nothing on disk. `init` says what
 * accounts a genesis has.
 */
export function ceilingApplication(machine: Machine, init: (appState: Uint8Array) => AccountOf): Application {
  const bridge: Bridge = {
    ...{ machine, pool: new Mempool<PoolTx>(), turns: new Map(), chainId: "", height: 0n, readings: [] },
    accountOf: () => undefined,
  };
  return {
    info: () => ({ ...ResponseInfo.zero(), appVersion: APP_VERSION, lastBlockHeight: bridge.height }),
    initChain: ({ chainId, appStateBytes }) => {
      bridge.chainId = chainId;
      bridge.accountOf = init(appStateBytes);
      return ResponseInitChain.zero();
    },
    prepareProposal: ({ maxTxBytes }) => ({ txs: chosen(bridge.pool, Number(maxTxBytes)) }),
    processProposal: () => ({ status: ResponseProcessProposal_ProposalStatus.ACCEPT }),
    extendVote: () => ({ voteExtension: NO_BYTES }),
    verifyVoteExtension: () => ({ status: ResponseVerifyVoteExtension_VerifyStatus.ACCEPT }),
    finalizeBlock: ({ txs, height }) => {
      bridge.readings = txs.map((bytes) => readingOf(machine, bytes));
      bridge.height = height;
      for (const reading of bridge.readings) verify(bridge, txOf(reading));
      const txResults = txs.map(() => successResult([], NO_GAS, []));
      return { ...ResponseFinalizeBlock.zero(), txResults, appHash: sha256(u64be(height)) };
    },
    commit: () => commit(bridge),
    ...mempoolOf(bridge),
    query: () => ResponseQuery.zero(),
    listSnapshots: () => ({ snapshots: [] }),
    offerSnapshot: () => ({ result: ResponseOfferSnapshot_Result.REJECT }),
    loadSnapshotChunk: () => ({ chunk: NO_BYTES }),
    applySnapshotChunk: () => ({
      ...{ result: ResponseApplySnapshotChunk_Result.ABORT, refetchChunks: [], rejectSenders: [] },
    }),
  };
}

function mempoolOf(bridge: Bridge): Pick<Application, "checkTx" | "insertTx" | "reapTxs"> {
  const { machine, pool, turns } = bridge;
  const readAhead = burst(async (txs: readonly Uint8Array[]) => {
    const readings = txs.map((bytes) => readingOf(machine, bytes));
    await verifyAhead(machine, { chainId: bridge.chainId, account: bridge.accountOf }, readings);
    return readings;
  });
  const admit = async (bytes: Uint8Array): Promise<ExecTxResult> => {
    const reading = await readAhead(bytes);
    try {
      const tx = txOf(reading);
      pool.add(poolTxOf(bytes, tx), {
        ...{ height: bridge.height, nowMs: 0, funds: FUNDS },
        sequence: turns.get(tx.signers[0] as string) ?? 0n,
        verify: () => verify(bridge, tx),
      });
      return successResult([], NO_GAS, []);
    } catch (error) {
      return failureResult(error, NO_GAS, []);
    }
  };
  return {
    checkTx: ({ tx }) => admit(tx),
    insertTx: async ({ tx }) => ({ code: (await admit(tx)).code }),
    reapTxs: ({ maxBytes, maxGas }) => {
      const bounds = { bytesMax: Number(maxBytes), gasMax: maxGas, height: bridge.height };
      return { txs: pool.reap(bounds).map(({ bytes }) => bytes) };
    },
  };
}

/** Drops what was in the block. */
function commit({ pool, turns, height, readings }: Bridge): ResponseCommit {
  const touched = new Set<string>();
  const ids = readings.map(txOf).map(({ hash, signers }) => {
    const [sender] = signers as [string];
    turns.set(sender, (turns.get(sender) ?? 0n) + 1n);
    touched.add(sender);
    return idOf(hash);
  });
  const account = (address: string) => ({ sequence: turns.get(address) ?? 0n, funds: FUNDS });
  pool.update({ height, nowMs: 0, ids, touched, account, holds: () => true });
  return ResponseCommit.zero();
}

/** As many as fit, by price and in turn. */
function chosen(pool: Mempool<PoolTx>, bytesMax: number): Uint8Array[] {
  const txs: Uint8Array[] = [];
  let bytesLeft = bytesMax;
  pick(pool.ready(), ({ bytes }) => {
    bytesLeft -= bytes.length + 4;
    if (bytesLeft < 0) return "close";
    txs.push(bytes);
    return "take";
  });
  return txs;
}
