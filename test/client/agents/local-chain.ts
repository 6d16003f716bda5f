import { ClientError, refusal } from "#client/errors.ts";
import { txHash } from "#client/node.ts";
import type { Ask, ChainPort } from "#client/ports.ts";
import { encodeMessage } from "#client/registry.ts";
import { responsesOf, type TxMessage, type TxResult } from "#client/tx.ts";
import * as auth from "#modules/auth/api.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import type { Person } from "../../kit/accounts.ts";
import { signTx, type TestChain } from "../../kit/chain.ts";
import { CHAIN_ID } from "../../kit/genesis.ts";
import { type Meter, metered } from "./meter.ts";

interface Waiting {
  readonly who: Person;
  readonly bytes: Uint8Array;
  readonly answer: (result: ExecTxResult, height: bigint) => void;
}

/** A chain in this process whose blocks come whenever every agent waits for one. */
export interface LocalChain {
  readonly ask: Ask;
  /** The chain as one account sees it. */
  portOf(who: Person): ChainPort;
  /** Makes a block once everybody has done what the one before asks for. */
  block(): Promise<void>;
}

function resultOf(bytes: Uint8Array, given: ExecTxResult, height: bigint): TxResult {
  const { code, codespace, log, gasUsed, events, data } = given;
  const hash = txHash(bytes);
  if (code !== 0) throw refusal({ code, codespace, log, hash, height });
  return { height, hash, code: 0, gasUsed, events, responses: responsesOf(data) };
}

const askApp =
  ({ app }: TestChain, meter: Meter): Ask =>
  (rpc, request) =>
    metered(meter, () => {
      const query = { path: rpc.path, data: rpc.request.encode(request), height: 0n };
      const { code, codespace, log, value } = app.query(query);
      if (code !== 0) throw refusal({ code, codespace, log });
      return rpc.response.decode(value);
    });

/** Signs at the account's turn behind what it has in the pool, and puts the transaction there. */
function enter(
  chain: TestChain,
  pool: Waiting[],
  who: Person,
  messages: readonly TxMessage[],
): Promise<TxResult> {
  return new Promise((resolve, reject) => {
    const account = chain.read((ctx) => auth.account(ctx, who.address));
    if (!account) throw new ClientError("badInput", `${who.name} has no account`);
    const ahead = pool.filter((waiting) => waiting.who === who).length;
    const turn = { number: account.number, sequence: account.sequence + BigInt(ahead), chainId: CHAIN_ID };
    const bytes = signTx(who, turn, ...messages.map(encodeMessage));
    const answer: Waiting["answer"] = (result, height) => {
      try {
        resolve(resultOf(bytes, result, height));
      } catch (error) {
        reject(error as ClientError);
      }
    };
    pool.push({ who, bytes, answer });
  });
}

export function localChain(chain: TestChain, meter: Meter): LocalChain {
  const pool: Waiting[] = [];
  const sleepers = new Set<() => void>();
  const ask = askApp(chain, meter);

  const above = async (height: bigint, signal?: AbortSignal): Promise<bigint> => {
    while (chain.height() <= height) {
      signal?.throwIfAborted();
      await new Promise<void>((wake) => {
        sleepers.add(wake);
        signal?.addEventListener("abort", () => wake(), { once: true });
      });
    }
    return chain.height();
  };

  const block = async (): Promise<void> => {
    await meter.quiet();
    const waiting = pool.splice(0);
    const { results } = await chain.rawBlock(waiting.map(({ bytes }) => bytes));
    for (const [i, { answer }] of waiting.entries()) answer(results[i] as ExecTxResult, chain.height());
    for (const wake of sleepers) wake();
    sleepers.clear();
  };

  const portOf: LocalChain["portOf"] = (who) => ({
    chainId: CHAIN_ID,
    address: who.address,
    ask,
    height: async () => chain.height(),
    above,
    send: (messages) => enter(chain, pool, who, messages),
  });
  return { ask, block, portOf };
}
