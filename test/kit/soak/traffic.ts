import { setTimeout as sleep } from "node:timers/promises";
import type { AppState } from "#chain/kernel/genesis.ts";
import { joinInstances, type Template } from "#chain/protocol/template.ts";
import { ChainNode, type Verdict } from "#client/node.ts";
import type { ProverPort } from "#client/ports.ts";
import { askNode } from "#client/query.ts";
import { Query as AccountQuery } from "#proto/gen/cosmos/auth.ts";
import { TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { floatProver } from "#test/client/agents/players.ts";
import { fastRandom } from "../../chain/tx/fuzz/random.ts";
import { type Signer, signer, validTx, withPurses } from "../../chain/tx/fuzz/valid.ts";
import type { Random } from "../game/random.ts";

/** Signers of each kind; one turn each a second or so. */
const LANES = 4;
const BURST_MAX = 4;
const PAUSE_PER_TX_MS = 1_000;
/** Now and then a lane sends so many at once: signatures of that many are checked in threads. */
const WAVE = 40;
const WAVE_CHANCE = 0.02;

const lanes: readonly Signer[] = Array.from({ length: LANES }, (_, i) => [
  signer("direct", `direct ${i}`),
  signer("amino", `amino ${i}`),
  signer("text", `text ${i}`),
  signer("ethereum", `ethereum ${i}`),
  signer("multisig", `first ${i}`, `second ${i}`, `third ${i}`),
]).flat();
/** The one that lets the others spend on fees. */
const granter = signer("direct", "direct");

/** Everybody who sends has a purse. */
export const withSenders = (state: AppState): AppState => withPurses(state, [granter, ...lanes]);

/** What became of the transactions offered, by the mempool's word. */
export type Offered = Record<Verdict["kind"] | "unreachable", number>;

/** Sends under way until stopped. */
export interface Traffic {
  readonly offered: Readonly<Offered>;
  stop(): Promise<void>;
}

/**
 * A few transactions of one account: each at the next turn or out of order, offered in order or from the end.
 * What an outage took from the mempool is not missed: turns are counted anew from the chain.
 */
async function burst(node: ChainNode, by: Signer, random: Random, offered: Offered): Promise<number> {
  const { info } = await askNode(node)(AccountQuery.accountInfo, { address: by.address });
  const height = await node.height();
  const timeS = BigInt(Math.floor(Date.now() / 1_000));
  const isWave = random.chance(WAVE_CHANCE);
  const count = isWave ? WAVE : 1 + random.int(BURST_MAX);
  let sequence = info?.sequence ?? 0n;
  const txs = Array.from({ length: count }, () => {
    const tx = validTx(random, by, info?.accountNumber ?? 0n, { sequence, height, timeS });
    if (!TxBody.decode(TxRaw.decode(tx).bodyBytes).unordered) sequence += 1n;
    return tx;
  });
  if (random.chance(0.3)) txs.reverse();
  const offer = async (tx: Uint8Array): Promise<void> => {
    offered[(await node.broadcast(tx)).kind] += 1;
  };
  if (isWave) await Promise.all(txs.map(offer));
  else for (const tx of txs) await offer(tx);
  return count;
}

async function lane(
  rpcUrl: string,
  by: Signer,
  random: Random,
  offered: Offered,
  signal: AbortSignal,
): Promise<void> {
  const node = new ChainNode(rpcUrl);
  while (!signal.aborted) {
    let count = 1;
    try {
      count = await burst(node, by, random, offered);
    } catch {
      offered.unreachable += 1;
    }
    await sleep(count * PAUSE_PER_TX_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Sends of twenty accounts that sign in five ways, some 20 transactions a second, until it is stopped. */
export function startTraffic(rpcUrl: string, seed: string): Traffic {
  const abort = new AbortController();
  const offered: Offered = {
    ...{ accepted: 0, busy: 0, full: 0, fee: 0, sequence: 0, refused: 0, unreachable: 0 },
  };
  const all = lanes.map((by, i) => lane(rpcUrl, by, fastRandom(`${seed} lane ${i}`), offered, abort.signal));
  return {
    offered,
    async stop() {
      abort.abort();
      await Promise.all(all);
    },
  };
}

/** A prover whose predictions are right and whose proofs are noise of the right length. */
export function lyingProver(template: Template, seed: string): ProverPort {
  const random = fastRandom(seed);
  const honest = floatProver(template.outputScale);
  return {
    ...honest,
    prove: async (modelKey, inputs) => {
      const { logits } = await honest.predict(modelKey, inputs);
      const params = BigInt(`0x${modelKey}`);
      const instances = joinInstances(template, { params, inputs, outputs: logits.flat() });
      return { instances, proof: random.bytes(template.proofLength) };
    },
  };
}
