import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Application } from "#chain/abci/application.ts";
import { createFrameReader, framePrefix } from "#chain/abci/frame.ts";
import {
  ExecTxResult,
  Request,
  Response,
  ResponseApplySnapshotChunk,
  ResponseCheckTx,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseOfferSnapshot,
  ResponseProcessProposal_ProposalStatus,
  ResponseQuery,
  ResponseVerifyVoteExtension_VerifyStatus,
} from "#proto/gen/tendermint/abci.ts";

/** Gives `use` a folder of its own, short enough for a socket, and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "iterum-abci-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface CounterState {
  readonly height: string;
  readonly count: number;
}

/** A real, tiny application: counts transactions, durable in one file. */
export function createCounter(file: string): Application & { readonly height: () => bigint } {
  let state: CounterState = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as CounterState)
    : { height: "0", count: 0 };
  let next = state;
  const hash = ({ height, count }: CounterState): Uint8Array =>
    height === "0" ? new Uint8Array(0) : new Uint8Array(createHash("sha256").update(`${count}`).digest());
  return {
    height: () => BigInt(state.height),
    info: () => ({
      ...ResponseInfo.zero(),
      data: "counter",
      appVersion: 1n,
      lastBlockHeight: BigInt(state.height),
      lastBlockAppHash: hash(state),
    }),
    initChain: () => ResponseInitChain.zero(),
    checkTx: ({ tx }) => ({ ...ResponseCheckTx.zero(), code: tx.length === 0 ? 1 : 0, gasWanted: 1n }),
    insertTx: () => ({ code: 0 }),
    reapTxs: () => ({ txs: [] }),
    query: () => ({ ...ResponseQuery.zero(), value: new TextEncoder().encode(`${state.count}`) }),
    prepareProposal: ({ txs }) => ({ txs }),
    processProposal: () => ({ status: ResponseProcessProposal_ProposalStatus.ACCEPT }),
    extendVote: () => ({ voteExtension: new Uint8Array(0) }),
    verifyVoteExtension: () => ({ status: ResponseVerifyVoteExtension_VerifyStatus.ACCEPT }),
    finalizeBlock: ({ height, txs }) => {
      next = { height: height.toString(), count: state.count + txs.length };
      const txResults = txs.map(() => ExecTxResult.zero());
      return { ...ResponseFinalizeBlock.zero(), txResults, appHash: hash(next) };
    },
    commit: () => {
      state = next;
      writeFileSync(file, JSON.stringify(state));
      return ResponseCommit.zero();
    },
    listSnapshots: () => ({ snapshots: [] }),
    offerSnapshot: () => ResponseOfferSnapshot.zero(),
    loadSnapshotChunk: () => ({ chunk: new Uint8Array(0) }),
    applySnapshotChunk: () => ResponseApplySnapshotChunk.zero(),
  };
}

/** One connection to a server, as CometBFT has four. */
export interface Peer {
  readonly socket: Socket;
  /** Sends requests in one write. */
  send(...requests: readonly Partial<Request>[]): void;
  /** Waits for the next answers. */
  receive(count: number): Promise<Response[]>;
  /** Waits for the server to close the connection. */
  ended(): Promise<void>;
  close(): void;
}

/** Connects to an address of the form that the server returns. */
export function connectPeer(address: string): Promise<Peer> {
  const socket = address.startsWith("unix://")
    ? connect(address.slice("unix://".length))
    : connect(Number(address.split(":").at(-1)), "127.0.0.1");
  const reader = createFrameReader();
  const received: Response[] = [];
  let wake: () => void = () => undefined;
  socket.on("data", (chunk: Uint8Array) => {
    reader.push(chunk, (frame) => received.push(Response.decode(frame)));
    wake();
  });
  const end = new Promise<void>((resolve) => {
    socket.once("close", () => {
      resolve();
      wake();
    });
  });
  socket.on("error", () => socket.destroy());
  const peer: Peer = {
    socket,
    send: (...requests) => void socket.write(Buffer.concat(requests.map(frameOf))),
    async receive(count) {
      while (received.length < count) {
        if (socket.destroyed) throw new Error(`closed after ${received.length} of ${count} answers`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return received.splice(0, count);
    },
    ended: () => end,
    close: () => socket.destroy(),
  };
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(peer));
    socket.once("error", reject);
  });
}

/** A request as it travels. */
export function frameOf(request: Partial<Request>): Uint8Array {
  const body = Request.encode({ ...Request.zero(), ...request });
  return Buffer.concat([framePrefix(body.length), body]);
}

/** Which kind of answer it is. */
export const kindOf = (response: Response | undefined): string | undefined =>
  Object.entries(response ?? {}).find(([, value]) => value !== undefined)?.[0];
